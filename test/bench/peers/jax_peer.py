"""The cases in JAX: each step one jax.jit, its state donated."""
import functools

import jax
import jax.numpy as jnp
from jax import lax, nn

from serve import serve

tree_map = jax.tree_util.tree_map


def learner(params):
    zeros = lambda: tree_map(jnp.zeros_like, params)
    return params, zeros(), zeros(), jnp.zeros(())


def descend(state, loss):
    """One step of Adam."""
    params, mean, square, t = state
    value, grads = jax.value_and_grad(loss)(params)
    t = t + 1
    mean = tree_map(lambda m, g: 0.9 * m + 0.1 * g, mean, grads)
    square = tree_map(lambda s, g: 0.999 * s + 0.001 * g * g, square, grads)
    rate = 1e-3 / (1 - 0.9**t)
    update = lambda p, m, s: p - rate * m / (jnp.sqrt(s / (1 - 0.999**t)) + 1e-8)
    return (tree_map(update, params, mean, square), mean, square, t), value


def dense(p, x):
    y = x @ p["kernel"]
    return y + p["bias"] if "bias" in p else y


def mlp(params, x, activation=nn.relu):
    *hidden, last = [params[place] for place in sorted(params, key=int)]
    for layer in hidden:
        x = activation(dense(layer, x))
    return dense(last, x)


def unit(z):
    return z / jnp.sqrt((z * z).sum(-1, keepdims=True) + 1e-12)


def nt_xent(z1, z2):
    a, b = unit(z1), unit(z2)
    z = jnp.concatenate([a, b])
    similarity = z @ z.T / 0.5 - 1e9 * jnp.eye(len(z))
    return nn.logsumexp(similarity, axis=1).mean() - (a * b).sum(1).mean() / 0.5


def ntxent(params, batch):
    return nt_xent(mlp(params, batch["x1"]), mlp(params, batch["x2"]))


def conv(p, x, stride):
    y = lax.conv_general_dilated(x, p["kernel"], (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return y + p["bias"] if "bias" in p else y


def barlow(params, batch):
    def pool(x):
        total = lambda y: lax.reduce_window(y, 0.0, lax.add, (1, 2, 2, 1), (1, 2, 2, 1), "SAME")
        return total(x) / total(jnp.ones_like(x[:1, :, :, :1]))

    def network(x):
        for layer, stride in (("conv1", 2), ("conv2", 2), ("conv3", 1)):
            x = nn.relu(conv(params[layer], x, stride))
        x = pool(x).reshape(len(x), -1)
        return dense(params["dense2"], nn.relu(dense(params["dense1"], x)))

    def standard(z):
        centred = z - z.mean(0)
        return centred / jnp.sqrt((centred * centred).mean(0) + 1e-5)

    z1, z2 = standard(network(batch["x1"])), standard(network(batch["x2"]))
    correlation = z1.T @ z2 / len(z1)
    identity = jnp.eye(len(correlation))
    return ((correlation - identity) ** 2 * (identity + 0.005 * (1 - identity))).sum()


def simclr_resnet(params, batch):
    def norm(p, x):
        axes = tuple(range(x.ndim - 1))
        return nn.standardize(x, axes, epsilon=1e-5) * p["scale"] + p["offset"]

    def normalized(layers, at, x, stride=1):
        return norm(layers[str(at + 1)], conv(layers[str(at)], x, stride))

    def block(p, x, stride):
        y = normalized(p["block"], 3, nn.relu(normalized(p["block"], 0, x, stride)))
        return nn.relu(y + (normalized(p["shortcut"], 0, x, stride) if stride > 1 else x))

    def network(x):
        p, q = params["encoder"], params["projector"]
        x = nn.relu(normalized(p, 0, x))
        for at, stride in (("3", 1), ("5", 2), ("7", 2)):
            x = block(p[at], x, stride)
        x = norm(q["1"], dense(q["0"], x.mean((1, 2))))
        return dense(q["3"], nn.relu(x))

    return nt_xent(network(batch["x1"]), network(batch["x2"]))


def swav(params, batch):
    def sinkhorn(scores):
        log_q = scores / 0.05
        for _ in range(3):
            log_q = log_q - nn.logsumexp(log_q, axis=0, keepdims=True)
            log_q = log_q - nn.logsumexp(log_q, axis=1, keepdims=True)
        return lax.stop_gradient(jnp.exp(log_q))

    s1, s2 = (unit(mlp(params["encoder"], batch[x])) @ params["prototypes"] for x in ("x1", "x2"))
    swapped = lambda target, scores: -(sinkhorn(target) * nn.log_softmax(scores / 0.1)).sum(1).mean()
    return (swapped(s1, s2) + swapped(s2, s1)) / 2


def layer_norm(p, x):
    return nn.standardize(x, epsilon=1e-5) * p["scale"] + p["offset"]


def masked_words(params, batch):
    def attend(p, x):
        size, length, width = x.shape
        q, k, v = jnp.moveaxis(dense(p["input"], x).reshape(size, length, 3, 4, width // 4), 2, 0)
        weights = nn.softmax(jnp.einsum("bqhd,bkhd->bhqk", q, k) / (width // 4) ** 0.5)
        return dense(p["output"], jnp.einsum("bhqk,bkhd->bqhd", weights, v).reshape(x.shape))

    network = params["network"]
    x = network["embed"]["table"][batch["tokens"]] + network["place"]["table"]
    for place in sorted(network["blocks"], key=int):
        block = network["blocks"][place]
        attention, inner = block["attention"]["block"], block["dense"]["block"]
        x = x + attend(attention["attend"], layer_norm(attention["norm"], x))
        x = x + dense(inner["narrow"], nn.gelu(dense(inner["widen"], layer_norm(inner["norm"], x)), approximate=False))
    states = layer_norm(network["norm"], x).reshape(-1, x.shape[-1])[batch["places"]]
    logits = dense(params["words"], states)
    of_targets = jnp.take_along_axis(logits, batch["targets"][:, None], 1)[:, 0]
    return (nn.logsumexp(logits, axis=1) - of_targets).mean()


def beta_vae(params, batch):
    def transposed(p, x):
        kernel = jnp.flip(p["kernel"], (0, 1)).swapaxes(2, 3)
        y = lax.conv_general_dilated(x, kernel, (1, 1), ((2, 2), (2, 2)), lhs_dilation=(2, 2), dimension_numbers=("NHWC", "HWIO", "NHWC"))
        return y + p["bias"]

    encoder, decoder, x = params["encoder"], params["decoder"], batch["x"]
    h = nn.relu(conv(encoder["conv2"], nn.relu(conv(encoder["conv1"], x, 2)), 2))
    mean, log_variance = jnp.split(dense(encoder["dense"], h.reshape(len(x), -1)), 2, 1)
    z = mean + jnp.exp(log_variance / 2) * batch["noise"]
    h = nn.relu(dense(decoder["dense"], z)).reshape(-1, 7, 7, 32)
    logits = transposed(decoder["conv2"], nn.relu(transposed(decoder["conv1"], h)))
    reconstruction = (nn.softplus(logits) - x * logits).sum((1, 2, 3))
    kl = (mean**2 + jnp.exp(log_variance) - 1 - log_variance).sum(1) / 2
    return (reconstruction + 4 * kl).mean()


def byol_start(params):
    return learner(params), tree_map(lambda p: 0.9 * p, params["encoder"])


def byol_step(state, batch):
    online, target = state
    t1, t2 = mlp(target, batch["x1"]), mlp(target, batch["x2"])

    def loss(params):
        predict = lambda x: mlp(params["predictor"], mlp(params["encoder"], x))
        apart = lambda p, t: (1 - (unit(p) * unit(t)).sum(1)).mean()
        return 2 * (apart(predict(batch["x1"]), t2) + apart(predict(batch["x2"]), t1))

    online, value = descend(online, loss)
    return (online, tree_map(lambda t, o: 0.99 * t + 0.01 * o, target, online[0]["encoder"])), value


def wgan_start(params):
    return learner(params["critic"]), learner(params["generator"])


def wgan_step(state, batch):
    critic, generator = state
    energy = lambda p, x: mlp(p, x, functools.partial(nn.leaky_relu, negative_slope=0.2))[:, 0]
    samples = lambda p: nn.sigmoid(mlp(p, batch["z"]))
    real, fake = batch["x"], samples(generator[0])

    def critic_loss(p):
        slope = jax.grad(lambda u: energy(p, u).sum())(real + batch["between"] * (fake - real))
        penalty = ((jnp.sqrt((slope * slope).sum(1) + 1e-12) - 1) ** 2).mean()
        return energy(p, real).mean() - energy(p, fake).mean() + 10 * penalty

    critic, a = descend(critic, critic_loss)
    generator, b = descend(generator, lambda p: energy(critic[0], samples(p)).mean())
    return (critic, generator), a + b


def langevin_step(noise):
    def step(key, batch):
        energy = lambda u: mlp(batch["weights"], u, nn.silu)[:, 0]
        slope = jax.grad(lambda u: energy(u).sum())
        key, walk = jax.random.split(key)

        def move(u, k):
            u = u - 0.1 * slope(u)
            if noise:
                u = u + noise * jax.random.normal(k, u.shape)
            return jnp.clip(u, 0, 1), None

        u, _ = lax.scan(move, batch["from"], jax.random.split(walk, 60))
        return key, energy(u).mean()

    return step


def ista_step(state, batch):
    dictionary, steepness, x = batch["dictionary"], batch["steepness"], batch["x"]

    def round_(_, z):
        z = z - (z @ dictionary - x) @ dictionary.T / steepness
        by = 0.1 / steepness
        return nn.relu(z - by) - nn.relu(-z - by)

    code = lax.fori_loop(0, 100, round_, jnp.zeros((64, 256)))
    error = code @ dictionary - x
    return state, ((error * error).sum(1) / 2 + 0.1 * jnp.abs(code).sum(1)).mean()


LOSSES = {
    "ntxent-64": ntxent, "ntxent-256": ntxent, "ntxent-1024": ntxent,
    "barlow-cnn": barlow, "simclr-resnet8": simclr_resnet, "swav": swav, "masked-words": masked_words, "beta-vae": beta_vae,
}
LOOPS = {
    "byol": (byol_start, byol_step, byol_step),
    "wgan-gp": (wgan_start, wgan_step, wgan_step),
    "langevin": (lambda _: jax.random.key(1), langevin_step(0.01), langevin_step(0)),
    "ista": (lambda _: (), ista_step, ista_step),
}


def prepare(name, params, batch):
    if name in LOSSES:
        loss = LOSSES[name]
        timed = checked = lambda state, batch: descend(state, lambda params: loss(params, batch))
        start = learner
    else:
        start, timed, checked = LOOPS[name]
    params, batch = tree_map(jnp.asarray, params), tree_map(jnp.asarray, batch)

    def stepper(step):
        step = jax.jit(step, donate_argnums=0)
        state = start(tree_map(jnp.copy, params))

        def once():
            nonlocal state
            state, loss = step(state, batch)
            return float(loss)

        return once

    compared = stepper(checked)
    return compared, compared if timed is checked else stepper(timed)


serve(prepare)
