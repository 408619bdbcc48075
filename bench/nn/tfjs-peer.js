// TensorFlow.js's part of bench:nn, in a process of its own: `tfjs-peer.js train|infer FOLDER MODULES`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [part, folder, modules] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");
wasm.setWasmPaths(join(modules, "node_modules/@tensorflow/tfjs-backend-wasm/dist/"));
await tf.setBackend("wasm");
await tf.ready();

const task = JSON.parse(readFileSync(join(folder, "task.json"), "utf8"));
const bytes = (name) => new Uint8Array(readFileSync(join(folder, name))).buffer;
const x = tf.tensor2d(new Float32Array(bytes("x")), [task.rows + 1000, task.width]);
const y = tf.tensor2d(new Float32Array(bytes("y")), [task.rows + 1000, 1]);
const orders = new Int32Array(bytes("orders"));
const flat = new Float32Array(bytes("parameters"));
let taken = 0;
const take = (...shape) => {
  const count = shape.reduce((product, size) => product * size, 1);
  taken += count;
  return tf.variable(tf.tensor(flat.slice(taken - count, taken), shape));
};
const processorSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

function zilnLayers() {
  return task.widths.slice(1).map((outputs, k) => [take(task.widths[k], outputs), take(outputs)]);
}

function heads(layers, batch) {
  let hidden = batch;
  layers.forEach(([weights, bias], k) => {
    const output = tf.add(tf.matMul(hidden, weights), bias);
    hidden = k < layers.length - 1 ? tf.relu(output) : output;
  });
  const [logit, mu, spread] = tf.split(hidden, 3, 1);
  return { logit, mu, sigma: tf.sqrt(tf.add(tf.square(tf.softplus(spread)), 1e-7)) };
}

function zilnLoss() {
  const layers = zilnLayers();
  return (batch, target) => {
    const { logit, mu, sigma } = heads(layers, batch);
    const some = tf.greater(target, 0);
    const logarithm = tf.log(tf.where(some, target, tf.onesLike(target)));
    const z = tf.div(tf.sub(logarithm, mu), sigma);
    const likelihood = tf.addN([
      logarithm,
      tf.log(sigma),
      tf.mul(0.5, tf.square(z)),
      tf.fill(logarithm.shape, 0.5 * Math.log(2 * Math.PI)),
    ]);
    const entropy = tf.sub(tf.softplus(logit), tf.mul(tf.cast(some, "float32"), logit));
    return tf.mean(tf.add(entropy, tf.where(some, likelihood, tf.zerosLike(likelihood))));
  };
}

/** Its own GRU layer has no reset gate after the product, so the steps are written out. */
function gruLoss() {
  const { inputs, hidden, steps } = task;
  const [w, b, u, c] = [take(inputs, 3 * hidden), take(3 * hidden), take(hidden, 3 * hidden), take(3 * hidden)];
  const [head, bias] = [take(hidden, 1), take(1)];
  return (batch, target) => {
    let state = tf.zeros([batch.shape[0], hidden]);
    for (const step of tf.unstack(tf.reshape(batch, [-1, steps, inputs]), 1)) {
      const [rx, zx, nx] = tf.split(tf.add(tf.matMul(step, w), b), 3, 1);
      const [rh, zh, nh] = tf.split(tf.add(tf.matMul(state, u), c), 3, 1);
      const kept = tf.sigmoid(tf.add(zx, zh));
      const candidate = tf.tanh(tf.add(nx, tf.mul(tf.sigmoid(tf.add(rx, rh)), nh)));
      state = tf.add(candidate, tf.mul(kept, tf.sub(state, candidate)));
    }
    return tf.mean(tf.square(tf.sub(tf.add(tf.matMul(state, head), bias), target)));
  };
}

/** Two epochs, the second counts: it takes its time. */
function train() {
  const lossOf = task.name === "ziln" ? zilnLoss() : gruLoss();
  const optimiser = tf.train.adam(task.learningRate, 0.9, 0.999, 1e-8);
  const losses = [];
  let seconds = 0;
  let processor = 0;
  for (let epoch = 0; epoch < 2; epoch++) {
    const order = orders.subarray(epoch * task.rows, (epoch + 1) * task.rows);
    const [began, spent] = [performance.now(), processorSeconds()];
    let total = 0;
    for (let start = 0; start < task.rows; start += task.batchRows) {
      const rows = order.slice(start, start + task.batchRows);
      tf.tidy(() => {
        const ids = tf.tensor1d(rows, "int32");
        const [batch, target] = [tf.gather(x, ids), tf.gather(y, ids)];
        total += optimiser.minimize(() => lossOf(batch, target), true).dataSync()[0] * rows.length;
      });
    }
    losses.push(total / task.rows);
    seconds = (performance.now() - began) / 1000;
    processor = processorSeconds() - spent;
  }
  return { rowsPerSecond: task.rows / seconds, processorSecondsPerMillion: (1e6 * processor) / task.rows, losses };
}

function infer() {
  const layers = zilnLayers();
  const source = new Float32Array(bytes("x")).subarray(0, task.rows * task.width);
  const features = new Float32Array(1_000_000 * task.width);
  for (let at = 0; at < features.length; at += source.length) features.set(source, at);
  const [began, spent] = [performance.now(), processorSeconds()];
  let total = 0;
  for (let start = 0; start < 1_000_000; start += 16_384) {
    const data = features.subarray(start * task.width, (start + 16_384) * task.width);
    tf.tidy(() => {
      const { logit, mu, sigma } = heads(layers, tf.tensor2d(data, [data.length / task.width, task.width]));
      const mean = tf.mul(tf.sigmoid(logit), tf.exp(tf.add(mu, tf.mul(0.5, tf.square(sigma)))));
      for (const value of mean.dataSync()) total += value;
    });
  }
  const seconds = (performance.now() - began) / 1000;
  return { rowsPerSecond: 1_000_000 / seconds, processorSecondsPerMillion: processorSeconds() - spent, total };
}

const result = part === "train" ? train() : infer();
const peakMb = Number(readFileSync("/proc/self/status", "utf8").match(/VmHWM:\s+(\d+)/)?.[1]) / 1024;
process.stdout.write(`${JSON.stringify({ ...result, peakMb })}\n`);
