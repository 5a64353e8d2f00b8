"""The cases in PyTorch: `eager`, or with the loss compiled by torch.compile. Adam is torch.optim's, as it comes."""
import sys

import torch
import torch.nn.functional as F
from torch.optim import Adam

from serve import serve

COMPILES = sys.argv[1] == "compile"


def compiled(f):
    return torch.compile(f, dynamic=False) if COMPILES else f


def tensors(tree, convert=lambda path, array: array, path=""):
    """Arrays to tensors in PyTorch's layouts: dense kernels [out, in], convolutions' [out, in, height, width]."""
    if isinstance(tree, dict):
        return {key: tensors(child, convert, f"{path}.{key}") for key, child in tree.items()}
    tree = convert(path, tree)
    if path.endswith(".kernel"):
        tree = tree.transpose(1, 0) if tree.ndim == 2 else tree.transpose(3, 2, 0, 1)
    tensor = torch.tensor(tree.copy())
    return tensor.long() if tensor.dtype == torch.int32 else tensor


def leaves(tree):
    return [leaf for child in tree.values() for leaf in leaves(child)] if isinstance(tree, dict) else [tree]


def learner(params):
    for leaf in leaves(params):
        leaf.requires_grad_()
    return Adam(leaves(params), 1e-3)


def descend(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def dense(p, x):
    return F.linear(x, p["kernel"], p.get("bias"))


def mlp(params, x, activation=F.relu):
    *hidden, last = [params[place] for place in sorted(params, key=int)]
    for layer in hidden:
        x = activation(dense(layer, x))
    return dense(last, x)


def unit(z):
    return F.normalize(z, dim=-1)


def nt_xent(z1, z2):
    a, b = unit(z1), unit(z2)
    n, z = len(a), torch.cat([a, b])
    similarity = z @ z.T / 0.5 - 1e9 * torch.eye(2 * n)
    return F.cross_entropy(similarity, torch.cat([torch.arange(n, 2 * n), torch.arange(n)]))


def ntxent(params, batch):
    return nt_xent(mlp(params, batch["x1"]), mlp(params, batch["x2"]))


def same(x):
    """One row and column more at the end: what "same" means for a 3x3 kernel of stride 2 on an even side."""
    return F.pad(x, (0, 1, 0, 1))


def barlow(params, batch):
    def network(x):
        x = F.relu(F.conv2d(same(x), params["conv1"]["kernel"], stride=2))
        x = F.relu(F.conv2d(same(x), params["conv2"]["kernel"], stride=2))
        x = F.relu(F.conv2d(x, params["conv3"]["kernel"], padding=1))
        x = F.avg_pool2d(x, 2, ceil_mode=True).flatten(1)
        return dense(params["dense2"], F.relu(dense(params["dense1"], x)))

    def standard(z):
        centred = z - z.mean(0)
        return centred / (centred.square().mean(0) + 1e-5).sqrt()

    z1, z2 = standard(network(batch["x1"])), standard(network(batch["x2"]))
    correlation = z1.T @ z2 / len(z1)
    identity = torch.eye(len(correlation))
    return ((correlation - identity).square() * (identity + 0.005 * (1 - identity))).sum()


def simclr_resnet(params, batch):
    def norm(p, x):
        return F.batch_norm(x, None, None, p["scale"], p["offset"], training=True, eps=1e-5)

    def conv(layers, at, x, stride=1):
        kernel = layers[str(at)]["kernel"]
        wide = kernel.shape[-1] > 1
        if stride > 1:
            y = F.conv2d(same(x) if wide else x, kernel, stride=stride)
        else:
            y = F.conv2d(x, kernel, padding=1 if wide else 0)
        return norm(layers[str(at + 1)], y)

    def block(p, x, stride):
        y = conv(p["block"], 3, F.relu(conv(p["block"], 0, x, stride)))
        return F.relu(y + (conv(p["shortcut"], 0, x, stride) if stride > 1 else x))

    def network(x):
        p, q = params["encoder"], params["projector"]
        x = F.relu(conv(p, 0, x))
        for at, stride in (("3", 1), ("5", 2), ("7", 2)):
            x = block(p[at], x, stride)
        x = norm(q["1"], dense(q["0"], x.mean((2, 3))))
        return dense(q["3"], F.relu(x))

    return nt_xent(network(batch["x1"]), network(batch["x2"]))


def swav(params, batch):
    def sinkhorn(scores):
        log_q = scores / 0.05
        for _ in range(3):
            log_q = log_q - torch.logsumexp(log_q, 0, keepdim=True)
            log_q = log_q - torch.logsumexp(log_q, 1, keepdim=True)
        return log_q.exp()

    s1, s2 = (unit(mlp(params["encoder"], batch[x])) @ params["prototypes"] for x in ("x1", "x2"))
    swapped = lambda target, scores: -(sinkhorn(target.detach()) * F.log_softmax(scores / 0.1, 1)).sum(1).mean()
    return (swapped(s1, s2) + swapped(s2, s1)) / 2


def layer_norm(p, x):
    return F.layer_norm(x, x.shape[-1:], p["scale"], p["offset"], 1e-5)


def masked_words(params, batch):
    def attend(p, x):
        size, length, width = x.shape
        q, k, v = dense(p["input"], x).reshape(size, length, 3, 4, width // 4).permute(2, 0, 3, 1, 4)
        return dense(p["output"], F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape))

    network = params["network"]
    x = F.embedding(batch["tokens"], network["embed"]["table"]) + network["place"]["table"]
    for place in sorted(network["blocks"], key=int):
        block = network["blocks"][place]
        attention, inner = block["attention"]["block"], block["dense"]["block"]
        x = x + attend(attention["attend"], layer_norm(attention["norm"], x))
        x = x + dense(inner["narrow"], F.gelu(dense(inner["widen"], layer_norm(inner["norm"], x))))
    states = layer_norm(network["norm"], x).flatten(0, 1)[batch["places"]]
    return F.cross_entropy(dense(params["words"], states), batch["targets"])


def beta_vae(params, batch):
    def conv(p, x):
        return F.relu(F.conv2d(x, p["kernel"], p["bias"], stride=2, padding=1))

    def transposed(p, x):
        return F.conv_transpose2d(x, p["kernel"], p["bias"], stride=2, padding=1)

    encoder, decoder, x = params["encoder"], params["decoder"], batch["x"]
    h = conv(encoder["conv2"], conv(encoder["conv1"], x)).flatten(1)
    mean, log_variance = dense(encoder["dense"], h).chunk(2, 1)
    z = mean + (log_variance / 2).exp() * batch["noise"]
    h = F.relu(dense(decoder["dense"], z)).reshape(-1, 32, 7, 7)
    logits = transposed(decoder["conv2"], F.relu(transposed(decoder["conv1"], h)))
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    kl = (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean() / 2
    return reconstruction + 4 * kl


def channels_first(path, array):
    """Where a dense layer meets images, its rows or columns are in the order channels, height, width."""
    if path.endswith((".x", ".x1", ".x2")) and array.ndim == 4:
        return array.transpose(0, 3, 1, 2)
    if path == ".dense1.kernel":
        return array.reshape(4, 4, 64, 128).transpose(2, 0, 1, 3).reshape(1024, 128)
    if path == ".encoder.dense.kernel":
        return array.reshape(7, 7, 32, 32).transpose(2, 0, 1, 3).reshape(1568, 32)
    if path == ".decoder.dense.kernel":
        return array.reshape(16, 7, 7, 32).transpose(0, 3, 1, 2).reshape(16, 1568)
    return array


def training(loss):
    def make(params, batch):
        f = compiled(loss)
        optimizer = learner(params)
        step = lambda: descend(optimizer, f(params, batch))
        return step, step

    return make


def byol(params, batch):
    target = {place: {name: 0.9 * leaf for name, leaf in layer.items()} for place, layer in params["encoder"].items()}
    optimizer = learner(params)

    @compiled
    def loss(params, target):
        with torch.no_grad():
            t1, t2 = mlp(target, batch["x1"]), mlp(target, batch["x2"])
        predict = lambda x: mlp(params["predictor"], mlp(params["encoder"], x))
        apart = lambda p, t: 1 - F.cosine_similarity(p, t).mean()
        return 2 * (apart(predict(batch["x1"]), t2) + apart(predict(batch["x2"]), t1))

    def step():
        value = descend(optimizer, loss(params, target))
        with torch.no_grad():
            for t, o in zip(leaves(target), leaves(params["encoder"])):
                t.lerp_(o, 0.01)
        return value

    return step, step


def wgan(params, batch):
    critic, generator = learner(params["critic"]), learner(params["generator"])
    energy = lambda p, x: mlp(p, x, lambda h: F.leaky_relu(h, 0.2))[:, 0]
    samples = lambda p: torch.sigmoid(mlp(p, batch["z"]))
    real = batch["x"]

    @compiled
    def critic_loss(p, fake):
        between = (real + batch["between"] * (fake - real)).requires_grad_()
        (slope,) = torch.autograd.grad(energy(p, between).sum(), between, create_graph=True)
        penalty = ((slope.square().sum(1) + 1e-12).sqrt() - 1).square().mean()
        return energy(p, real).mean() - energy(p, fake).mean() + 10 * penalty

    @compiled
    def generator_loss(p, c):
        return energy(c, samples(p)).mean()

    def step():
        with torch.no_grad():
            fake = samples(params["generator"])
        first = descend(critic, critic_loss(params["critic"], fake))
        return first + descend(generator, generator_loss(params["generator"], params["critic"]))

    return step, step


def langevin(_params, batch):
    @compiled
    def energy(u):
        return mlp(batch["weights"], u, F.silu)[:, 0]

    def walk(noise):
        def step():
            u = batch["from"]
            for _ in range(60):
                u = u.detach().requires_grad_()
                (slope,) = torch.autograd.grad(energy(u).sum(), u)
                with torch.no_grad():
                    u = u - 0.1 * slope
                    u = (u + noise * torch.randn_like(u) if noise else u).clamp(0, 1)
            return energy(u).mean().item()

        return step

    return walk(0), walk(0.01)


def ista(_params, batch):
    dictionary, steepness, x = batch["dictionary"], batch["steepness"], batch["x"]

    @compiled
    def round_(z):
        z = z - (z @ dictionary - x) @ dictionary.T / steepness
        return F.softshrink(z, 0.1 / bound)

    bound = steepness.item()

    @torch.no_grad()
    def step():
        code = torch.zeros(64, 256)
        for _ in range(100):
            code = round_(code)
        error = code @ dictionary - x
        return (error.square().sum(1) / 2 + 0.1 * code.abs().sum(1)).mean().item()

    return step, step


CASES = {
    "ntxent-64": training(ntxent), "ntxent-256": training(ntxent), "ntxent-1024": training(ntxent),
    "barlow-cnn": training(barlow), "simclr-resnet8": training(simclr_resnet), "swav": training(swav), "masked-words": training(masked_words),
    "beta-vae": training(beta_vae), "byol": byol, "wgan-gp": wgan, "langevin": langevin, "ista": ista,
}


def prepare(name, params, batch):
    torch._dynamo.reset()
    return CASES[name](tensors(params, channels_first), tensors(batch, channels_first))


serve(prepare, compiles=COMPILES)
