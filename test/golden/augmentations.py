"""Golden values of torchvision's transforms, for test/data/augment/functional.test.ts.

    python3 -m venv /tmp/peer
    /tmp/peer/bin/pip install torch==2.15.0 torchvision==0.29.2
    /tmp/peer/bin/python test/golden/augmentations.py > test/golden/augmentations.json

All inputs are drawn from a seed; what torchvision made of them is rounded to six digits. Images are
written as we have them, channels last. Everything is float64, but for the hue, which torchvision
computes in float32.
"""

import itertools
import json

import torch
import torchvision
from torchvision.transforms import RandomResizedCrop
from torchvision.transforms import functional as F

DIGITS = 6
torch.manual_seed(2021)


def written(images):
    """A batch [n, channels, height, width], channels last."""
    last = images.permute(0, 2, 3, 1)
    values = [round(v, DIGITS) for v in last.flatten().tolist()]
    return {"shape": list(last.shape), "values": values}


def drawn(*shape):
    return (torch.rand(*shape, dtype=torch.float64) * 1000).round() / 1000


def colors(n, height, width):
    """Random colours, and among them black, white, greys, and ties of two channels."""
    images = drawn(n, 3, height, width)
    greys = [[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5]]
    special = [*greys, [1, 1, 0], [0.2, 0.7, 0.7], [0.6, 0.1, 0.6], [0, 0, 1]]
    for i, color in enumerate(special[:width]):
        images[:, :, 0, i] = torch.tensor(color, dtype=torch.float64)
    return images


def each(function, images, *amounts):
    """Image by image, each with amounts of its own."""
    return torch.stack([function(image, *own) for image, *own in zip(images, *amounts)])


cases = []
pictures = {"color": colors(3, 5, 7), "grey": drawn(3, 1, 6, 4)}


def case(name, images, result, **params):
    which = next(key for key, value in pictures.items() if value is images)
    cases.append({"name": name, "params": params, "images": which, "result": written(result)})


for images in list(pictures.values()):
    for name, function, amounts in [
        ("adjustBrightness", F.adjust_brightness, [0.0, 0.6, 1.7]),
        ("adjustContrast", F.adjust_contrast, [0.0, 0.6, 1.7]),
        ("adjustSaturation", F.adjust_saturation, [0.0, 0.6, 1.7]),
        ("adjustHue", F.adjust_hue, [-0.5, 0.07, 0.4]),
        ("adjustHue", F.adjust_hue, [-0.2, 0.0, 0.5]),
    ]:
        case(name, images, each(function, images, amounts), amounts=amounts)
    # Of one channel torchvision gives one, whatever number is asked for.
    for channels in (1, 3) if images.shape[1] == 3 else (1,):
        case("rgbToGrayscale", images, F.rgb_to_grayscale(images, channels), channels=channels)
    for threshold in (0.5, 0.2):
        case("solarize", images, F.solarize(images, threshold), threshold=threshold)
    case("horizontalFlip", images, F.hflip(images))
    for size, sigmas in [(3, [0.1, 0.8, 2.0]), (5, [0.3, 1.0, 1.9]), (7, [0.5, 2.0, 4.0])]:
        blurred = each(lambda image, sigma: F.gaussian_blur(image, size, sigma), images, sigmas)
        case("gaussianBlur", images, blurred, kernelSize=size, sigma=sigmas)
    height, width = images.shape[2:]
    boxes = [[0, 0, height, width], [1, 2, 3, 2], [2, 1, height - 2, 1]]
    for size in [[height, width], [4, 4], [2, 3], [1, 1], [9, 5]]:
        resize = lambda image, box: F.resized_crop(image, *box, size, antialias=True)
        resized = each(resize, images, boxes)
        case("resizedCrop", images, resized, boxes=boxes, size=size)

# Every order of the four changes, with its own amounts.
orders = list(itertools.permutations(range(4)))
kinds = ["brightness", "contrast", "saturation", "hue"]
functions = [F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue]
for channels in (3, 1):
    images = colors(len(orders), 3, 2) if channels == 3 else drawn(len(orders), 1, 3, 2)
    pictures[f"{channels} x 24"] = images
    amounts = torch.rand(4, len(orders)) * 1.6 + 0.2
    amounts[3] = torch.rand(len(orders)) - 0.5
    amounts = [[round(v, 4) for v in row] for row in amounts.tolist()]

    def jittered(i):
        image = images[i]
        for k in orders[i]:
            image = functions[k](image, amounts[k][i])
        return image

    result = torch.stack([jittered(i) for i in range(len(orders))])
    case("colorJitter", images, result, order=orders, **dict(zip(kinds, amounts)))

# How torchvision draws its boxes: mean and standard deviation of top, left, height and width.
draws = []
for height, width, scale, ratio in [
    (32, 32, [0.08, 1.0], [3 / 4, 4 / 3]),
    (28, 28, [0.2, 1.0], [3 / 4, 4 / 3]),
    (20, 48, [0.08, 1.0], [3 / 4, 4 / 3]),
    (40, 15, [0.3, 0.9], [0.5, 2.0]),
    (32, 32, [0.9, 1.0], [2.0, 3.0]),  # seldom fits: mostly the middle of the image
    (32, 32, [0.6, 1.0], [1.5, 2.2]),  # fits sometimes
    (30, 20, [0.95, 1.0], [1.2, 1.5]),
]:
    image = torch.zeros(1, height, width)
    drawing = [RandomResizedCrop.get_params(image, scale, ratio) for _ in range(50_000)]
    boxes = torch.tensor(drawing).double()
    draws.append({
        "height": height,
        "width": width,
        "scale": scale,
        "ratio": ratio,
        "draws": len(boxes),
        "mean": [round(v, 4) for v in boxes.mean(0).tolist()],
        "std": [round(v, 4) for v in boxes.std(0).tolist()],
    })

torchvision_version, torch_version = (m.__version__.split("+")[0] for m in (torchvision, torch))
golden = {
    "source": f"torchvision {torchvision_version}, torch {torch_version}",
    "seed": 2021,
    "images": {key: written(value) for key, value in pictures.items()},
    "cases": cases,
    "boxes": draws,
}
print(json.dumps(golden, separators=(",", ":")))
