using static TorchSharp.torch;

namespace QuickStart;

/// <summary>Trains with SGD and a cosine schedule on images shifted by up to two pixels and mirrored, and measures top-1 accuracy. The same seed gives the same batches.</summary>
public sealed class Trainer(FashionMnist train, FashionMnist test, int seed)
{
    public const int BatchSize = 128;
    private const int LargestShift = 2;

    public FashionMnist Test => test;

    /// <summary>Trains in place; <paramref name="progress"/> is told the finished part, 0 to 1.</summary>
    public void Fit(nn.Module<Tensor, Tensor> model, int epochs, double rate, Action<double> progress)
    {
        var random = new Random(seed);
        var steps = epochs * (train.Count / BatchSize);
        using var optimizer = optim.SGD(model.parameters(), rate, momentum: 0.9, weight_decay: 5e-4, nesterov: true);
        model.train();
        for (var step = 0; step < steps;)
        {
            var order = Enumerable.Range(0, train.Count).ToArray();
            random.Shuffle(order);
            for (var start = 0; start + BatchSize <= train.Count && step < steps; start += BatchSize, step++)
            {
                using var scope = NewDisposeScope();
                foreach (var group in optimizer.ParamGroups)
                {
                    group.LearningRate = rate * (1 + Math.Cos(Math.PI * step / steps)) / 2;
                }

                var batch = order.AsSpan(start, BatchSize);
                optimizer.zero_grad();
                var loss = nn.functional.cross_entropy(model.call(Images(train, batch, random)), Labels(train, batch));
                loss.backward();
                optimizer.step();
                progress((step + 1.0) / steps);
            }
        }

        model.eval();
    }

    /// <summary>Training images as they are, in order, for calibration; the caller disposes them.</summary>
    public IEnumerable<Tensor> CalibrationBatches(int count) =>
        Enumerable.Range(0, Math.Min(count, train.Count / BatchSize)).Select(i => Images(train, [.. Enumerable.Range(i * BatchSize, BatchSize)], random: null));

    /// <summary>Top-1 in percent of the classes that <paramref name="classify"/> gives for a batch of test images.</summary>
    public double Accuracy(Func<float[], int, float[]> classify, Action<double> progress)
    {
        var right = 0;
        for (var start = 0; start < test.Count; start += BatchSize)
        {
            var indices = Enumerable.Range(start, Math.Min(BatchSize, test.Count - start)).ToArray();
            var logits = classify(Pixels(test, indices, random: null), indices.Length);
            var classes = logits.Length / indices.Length;
            right += indices.Where((image, i) => IndexOfLargest(logits.AsSpan(i * classes, classes)) == test.Labels[image]).Count();
            progress((start + indices.Length) / (double)test.Count);
        }

        return 100.0 * right / test.Count;
    }

    /// <summary>Runs a module on normalized pixels in evaluation mode, without gradients.</summary>
    public static Func<float[], int, float[]> Classify(nn.Module<Tensor, Tensor> model) => (pixels, batch) =>
    {
        model.eval();
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        return model.call(tensor(pixels, [batch, 1, FashionMnist.Side, FashionMnist.Side])).data<float>().ToArray();
    };

    /// <summary>The test images as normalized pixels, batch by batch.</summary>
    public IEnumerable<(float[] Pixels, int Batch)> TestBatches() =>
        Enumerable.Range(0, test.Count).Chunk(BatchSize).Select(indices => (Pixels(test, indices, random: null), indices.Length));

    private static Tensor Images(FashionMnist data, ReadOnlySpan<int> indices, Random? random) =>
        tensor(Pixels(data, indices, random), [indices.Length, 1, FashionMnist.Side, FashionMnist.Side]);

    private static Tensor Labels(FashionMnist data, ReadOnlySpan<int> indices)
    {
        var labels = new long[indices.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = data.Labels[indices[i]];
        }

        return tensor(labels);
    }

    /// <summary>(byte / 255 - mean) / deviation; with <paramref name="random"/> each image is shifted and maybe mirrored, black coming in from outside.</summary>
    private static float[] Pixels(FashionMnist data, ReadOnlySpan<int> indices, Random? random)
    {
        const int Side = FashionMnist.Side;
        var pixels = new float[indices.Length * FashionMnist.Pixels];
        for (var i = 0; i < indices.Length; i++)
        {
            var image = data.Images.AsSpan(indices[i] * FashionMnist.Pixels, FashionMnist.Pixels);
            var (dx, dy) = random is null ? (0, 0) : (random.Next(-LargestShift, LargestShift + 1), random.Next(-LargestShift, LargestShift + 1));
            var mirrored = random is not null && random.Next(2) == 1;
            for (var y = 0; y < Side; y++)
            {
                for (var x = 0; x < Side; x++)
                {
                    var (row, column) = (y + dy, (mirrored ? Side - 1 - x : x) + dx);
                    var inside = row is >= 0 and < Side && column is >= 0 and < Side;
                    var value = inside ? image[(row * Side) + column] : (byte)0;
                    pixels[(i * FashionMnist.Pixels) + (y * Side) + x] = ((value / 255f) - FashionMnist.Mean) / FashionMnist.Deviation;
                }
            }
        }

        return pixels;
    }

    private static int IndexOfLargest(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            best = values[i] > values[best] ? i : best;
        }

        return best;
    }
}
