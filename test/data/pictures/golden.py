"""Writes golden.json: small picture files, and what Pillow decodes of them.

    python3 -m venv /tmp/pillow && /tmp/pillow/bin/pip install pillow==13.0.0
    /tmp/pillow/bin/python test/data/pictures/golden.py && npx prettier --write test/data/pictures/golden.json

Each case: a name, the file (base64), the side, and the bytes [side, side, 3] that are expected (base64), on white.
"""
import base64, io, json, math, pathlib, struct
from PIL import Image, ImageCms, ImageOps

SIDE = 16

def picture(width, height):
    """Smooth, without symmetries: every turn and every mirror image is another picture."""
    im = Image.new('RGB', (width, height))
    for y in range(height):
        for x in range(width):
            u, v = x / width, y / height
            im.putpixel((x, y), (int(255 * u), int(255 * v * v), int(127 + 127 * math.sin(5 * u + 3 * v))))
    return im

def on_white(im):
    im = im.convert('RGBA')
    ground = Image.new('RGBA', im.size, (255, 255, 255, 255))
    return Image.alpha_composite(ground, im).convert('RGB')

def profile():
    """An ICC profile (v2, matrix and gamma 1.8) with red and blue exchanged: who ignores it has the colours wrong."""
    fixed = lambda v: struct.pack('>i', round(v * 65536))
    xyz = lambda *v: b'XYZ \0\0\0\0' + b''.join(map(fixed, v))
    # sRGB's primaries, adapted to D50.
    red, green, blue = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)
    curve = b'curv\0\0\0\0' + struct.pack('>IH', 1, round(1.8 * 256)) + b'\0\0'
    text = b'text\0\0\0\0none\0\0\0\0'
    desc = b'desc\0\0\0\0' + struct.pack('>I', 5) + b'test\0' + b'\0' * 79
    desc += b'\0' * (-len(desc) % 4)
    tags = [(b'desc', desc), (b'cprt', text), (b'wtpt', xyz(0.9642, 1, 0.8249)),
            (b'rXYZ', xyz(*blue)), (b'gXYZ', xyz(*green)), (b'bXYZ', xyz(*red)),
            (b'rTRC', curve), (b'gTRC', curve), (b'bTRC', curve)]
    table, body, at = b'', b'', 128 + 4 + 12 * len(tags)
    for name, content in tags:
        table += name + struct.pack('>II', at + len(body), len(content))
        body += content
    size = at + len(body)
    head = struct.pack('>I4sI4s4s4s12s4s4sIIIQI', size, b'none', 0x02100000, b'mntr', b'RGB ', b'XYZ ', b'\0' * 12,
                       b'acsp', b'none', 0, 0, 0, 0, 0) + fixed(0.9642) + fixed(1) + fixed(0.8249)
    head += b'\0' * (128 - len(head))
    return head + struct.pack('>I', len(tags)) + table + body

cases = []

def case(name, im, expected=None, side=SIDE, tolerance=0, **options):
    file = io.BytesIO()
    im.save(file, **options)
    if expected is None:
        expected = on_white(ImageOps.exif_transpose(Image.open(io.BytesIO(file.getvalue()))))
    assert expected.size == (side, side), (name, expected.size)
    cases.append({'name': name, 'side': side, 'tolerance': tolerance,
                  'file': base64.b64encode(file.getvalue()).decode(),
                  'expected': base64.b64encode(expected.tobytes()).decode()})

rgb = picture(SIDE, SIDE)
alpha = rgb.convert('RGBA')
alpha.putalpha(Image.linear_gradient('L').resize((SIDE, SIDE)))

case('PNG', rgb, format='PNG')
case('PNG, grey', rgb.convert('L'), format='PNG')
case('PNG, grey with alpha', alpha.convert('LA'), tolerance=1, format='PNG')
case('PNG, one bit', rgb.convert('1'), format='PNG')
case('PNG, palette', rgb.quantize(16), format='PNG')
case('PNG, palette with transparency', rgb.quantize(16), tolerance=1, format='PNG', transparency=3)
case('PNG, alpha', alpha, tolerance=1, format='PNG')
case('JPEG', rgb, tolerance=2, format='JPEG', quality=95, subsampling=0)
case('JPEG, halved colours', rgb, tolerance=6, format='JPEG', quality=95, subsampling=2)
case('JPEG, progressive', rgb, tolerance=2, format='JPEG', quality=95, subsampling=0, progressive=True)
case('JPEG, grey', rgb.convert('L'), tolerance=2, format='JPEG', quality=95)
case('WebP, lossless', rgb, format='WEBP', lossless=True)
case('WebP', rgb, tolerance=8, format='WEBP', quality=95)
case('WebP, alpha', alpha, tolerance=2, format='WEBP', lossless=True, exact=True)
case('AVIF', rgb, tolerance=4, format='AVIF', quality=95, subsampling='4:4:4')
case('AVIF, alpha', alpha, tolerance=4, format='AVIF', quality=95, subsampling='4:4:4')
case('GIF', rgb.quantize(64), format='GIF')
case('GIF, the first of two frames, with transparency', rgb.quantize(16), format='GIF', transparency=3,
     save_all=True, append_images=[ImageOps.invert(rgb).quantize(16)], disposal=2)
for compression in ('raw', 'tiff_lzw', 'tiff_deflate', 'packbits'):
    case(f'TIFF, {compression}', rgb, format='TIFF', compression=compression)
case('TIFF, grey', rgb.convert('L'), format='TIFF')
case('TIFF, the first of two pages', rgb, format='TIFF', save_all=True, append_images=[ImageOps.invert(rgb)])

for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    case(f'PNG, orientation {orientation}', rgb, format='PNG', exif=exif)
    case(f'JPEG, orientation {orientation}', rgb, tolerance=2, format='JPEG', quality=95, subsampling=0, exif=exif)
    case(f'TIFF, orientation {orientation}', rgb, format='TIFF', exif=exif)
    case(f'WebP, orientation {orientation}', rgb, format='WEBP', lossless=True, exif=exif)
    case(f'AVIF, orientation {orientation}', rgb, tolerance=4, format='AVIF', quality=95, subsampling='4:4:4', exif=exif)
    # Oblong, so that the axes must change places: its shorter edge is scaled, its middle cut out.
    oblong = picture(48, 32)
    turned = ImageOps.exif_transpose(Image.open(io.BytesIO(
        (lambda f: (oblong.save(f, 'PNG', exif=exif), f.getvalue())[1])(io.BytesIO()))))
    w, h = turned.size
    small = turned.resize((w // 2, h // 2), Image.Resampling.BILINEAR)
    w, h = small.size
    case(f'oblong, orientation {orientation}', oblong, tolerance=3, format='PNG', exif=exif,
         expected=small.crop(((w - 16) // 2, (h - 16) // 2, (w + 16) // 2, (h + 16) // 2)))

# Pillow converts CMYK without a profile, libvips with one: they agree on what is far from any ink's colour.
case('JPEG, CMYK, white', Image.new('CMYK', (SIDE, SIDE), (0, 0, 0, 0)), tolerance=2, format='JPEG')
case('JPEG, CMYK, grey', Image.new('CMYK', (SIDE, SIDE), (0, 0, 0, 128)), tolerance=30, format='JPEG')
case('JPEG, CMYK, yellow', Image.new('CMYK', (SIDE, SIDE), (0, 0, 255, 0)), tolerance=30, format='JPEG')

swapped = profile()
to_srgb = ImageCms.profileToProfile(rgb, ImageCms.ImageCmsProfile(io.BytesIO(swapped)), ImageCms.createProfile('sRGB'),
                                    renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC)
case('PNG, colour profile', rgb, tolerance=3, format='PNG', icc_profile=swapped, expected=to_srgb)
case('TIFF, colour profile', rgb, tolerance=3, format='TIFF', icc_profile=swapped, expected=to_srgb)

# Scaled up and down, as torchvision's Resize (bilinear, antialiased) and CenterCrop do on Pillow's images.
def resized(im, side):
    w, h = im.size
    short = min(w, h)
    im = im.resize((int(side * w / short), int(side * h / short)), Image.Resampling.BILINEAR)
    w, h = im.size
    left, top = round((w - side) / 2), round((h - side) / 2)
    return im.crop((left, top, left + side, top + side))

for width, height, side in ((64, 48, 24), (160, 240, 20), (90, 30, 10), (400, 320, 16), (12, 9, 24), (1, 1, 8)):
    im = picture(width, height)
    # Enlarged, libvips places pixels half a pixel of the result beside Pillow's.
    tolerance = 20 if side > min(width, height) else 6
    case(f'{width} x {height} to {side}', im, side=side, tolerance=tolerance, format='PNG', expected=resized(im, side))

pathlib.Path(__file__).with_name('golden.json').write_text(
    '[\n' + ',\n'.join(json.dumps(each) for each in cases) + '\n]\n')
print(len(cases), 'cases')
