using QatGen.Torch.Modules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Training;

/// <summary>
/// Trains a float or a QAT model by a recipe. A QAT model is trained in QAT and measured in VALIDATION, but for what selectors have put in a state of its own, which stays there. The same seed gives the same bits, also when training was broken off and goes on from
/// <see cref="TrainerOptions.ResumePath"/>: torch's random numbers are seeded for each step. <paramref name="forward"/> calls the model on a batch; of several outputs it gives the one that the loss reads.
/// </summary>
public sealed class Trainer(nn.Module model, Func<TrainingBatch, Tensor> forward, TrainingSet train, TrainingSet? test = null, TrainerOptions? options = null)
{
    private readonly TrainerOptions _options = options ?? new();

    /// <summary>A trainer of a model with one input and one output.</summary>
    public Trainer(nn.Module<Tensor, Tensor> model, TrainingSet train, TrainingSet? test = null, TrainerOptions? options = null) : this(model, batch => model.call(batch.Input), train, test, options)
    {
    }

    /// <summary>Trains to the end of the recipe. NaN or infinity in data, loss, gradients or weights is an error that names the step and the first place that holds one.</summary>
    public TrainingResult Fit(TrainingRecipe recipe)
    {
        recipe.Check(model.GetName());
        using var optimizer = recipe.Optimizer.Create(model.parameters());
        var (perEpoch, run) = (train.Batches, TrainerCheckpoint.Run(recipe, _options.Seed, train));
        var steps = (long)recipe.Epochs * perEpoch;
        RequireFrames(recipe);
        (model as IQatModule)?.SetUnselected(FakeQuantState.Qat);
        model.train();
        var position = _options.ResumePath is { } path && File.Exists(path) ? TrainerCheckpoint.Load(path, model, optimizer, run) : TrainingPosition.Start;
        var (order, metrics) = (Array.Empty<int>(), position.Step == steps && test is not null ? Evaluate(test) : new Dictionary<string, double>());
        while (position.Step < steps)
        {
            var (epoch, within) = ((int)(position.Step / perEpoch), (int)(position.Step % perEpoch));
            order = within > 0 && order.Length > 0 ? order : train.Order(Random(epoch, salt: 1));
            Freeze(position.Step >= recipe.FreezeBatchNormAfter * steps, recipe);
            var rate = recipe.Rate(position.Step, steps);
            var loss = Step(optimizer, recipe, position.Step, rate, order.AsSpan(within * train.BatchSize, Math.Min(train.BatchSize, train.Count)).ToArray());
            position = position with { Step = position.Step + 1, LossSum = (within == 0 ? 0 : position.LossSum) + loss };
            var isEnd = within + 1 == perEpoch;
            if (isEnd && test is not null)
            {
                metrics = Evaluate(test);
                position = KeepBest(position, metrics, epoch + 1);
            }

            Save(optimizer, position, run, isEnd);
            _options.Progress?.Invoke(new(epoch + 1, recipe.Epochs, position.Step, steps, position.LossSum / (within + 1), rate, isEnd ? metrics : null));
        }

        model.eval();
        return new(metrics, position.BestEpoch, position.Best);
    }

    /// <summary>The means of loss and metrics over all frames of a set, in evaluation mode; a QAT model is measured in VALIDATION and returns to its state.</summary>
    public Dictionary<string, double> Evaluate(TrainingSet set)
    {
        if (set.Count == 0)
        {
            throw QatGenException.Of(TrainingRules.NoData, "", nameof(Evaluate));
        }

        Metric[] measured = [.. _options.Metrics, Metric.Loss(_options.Loss)];
        var (sums, qat, wasTraining) = (new double[measured.Length], (model as IQatModule)?.Model, model.training);
        var session = qat?.Session;
        (model as IQatModule)?.SetUnselected(FakeQuantState.Validation);
        model.eval();
        try
        {
            foreach (var numbers in Enumerable.Range(0, set.Count).Chunk(set.BatchSize))
            {
                using var scope = NewDisposeScope();
                using var grad = no_grad();
                var batch = set.Read(numbers, null);
                var output = forward(batch);
                for (var m = 0; m < sums.Length; m++)
                {
                    sums[m] += measured[m].Sum(output, batch.Target);
                }
            }
        }
        finally
        {
            model.train(wasTraining);
            qat?.Session = session!;
        }

        return measured.Select((m, i) => (m.Name, Mean: sums[i] / set.Count)).ToDictionary(static m => m.Name, static m => m.Mean);
    }

    private double Step(OptimizerHelper optimizer, TrainingRecipe recipe, long step, double rate, int[] numbers)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(Seed(step, salt: 2));
        var batch = train.Read(numbers, Random(step, salt: 3));
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = rate;
        }

        optimizer.zero_grad();
        var loss = _options.Loss(forward(batch), batch.Target);
        var value = loss.item<float>();
        if (!float.IsFinite(value))
        {
            random.manual_seed(Seed(step, salt: 2));
            throw NotFinite(step, FaultFinder.Forward(model, forward, batch));
        }

        loss.backward();
        if (!double.IsFinite(GradientNorm(recipe.ClipGradient)))
        {
            throw NotFinite(step, FaultFinder.Gradient(model));
        }

        optimizer.step();
        return value;
    }

    /// <summary>The norm of all gradients, clipped where that is asked for; else a sum that is finite where all gradients are.</summary>
    private double GradientNorm(double limit)
    {
        var gradients = model.parameters().Where(static p => p.grad is not null).ToArray();
        return gradients.Length == 0 ? 0 : limit > 0 ? nn.utils.clip_grad_norm_(gradients, limit)
            : stack(gradients.Select(static p => p.grad!.sum())).to(ScalarType.Float64).abs().sum().item<double>();
    }

    private TrainingPosition KeepBest(TrainingPosition position, Dictionary<string, double> metrics, int epoch)
    {
        var first = _options.Metrics.Count > 0 ? _options.Metrics[0] : Metric.Loss(_options.Loss);
        var value = metrics[first.Name];
        if (double.IsNaN(value) || (position.BestEpoch > 0 && (first.IsHigherBetter ? value <= position.Best : value >= position.Best)))
        {
            return position;
        }

        if (_options.BestPath is { } path && model is IQatModule qat)
        {
            qat.Save(path);
        }
        else if (_options.BestPath is { } file)
        {
            model.SaveSafetensors(file);
        }

        return position with { BestEpoch = epoch, Best = value };
    }

    private void Save(OptimizerHelper optimizer, TrainingPosition position, string run, bool isEnd)
    {
        if (_options.ResumePath is { } path && (isEnd || (_options.CheckpointSteps > 0 && position.Step % _options.CheckpointSteps == 0)))
        {
            TrainerCheckpoint.Save(path, model, optimizer, position, run);
        }
    }

    private void Freeze(bool isFrozen, TrainingRecipe recipe)
    {
        if (recipe.FreezeBatchNormAfter < 1 && model is IQatModule qat)
        {
            qat.FreezeBatchNorm(isFrozen);
        }
    }

    /// <summary>Batch norms that are not frozen need more than one frame.</summary>
    private void RequireFrames(TrainingRecipe recipe)
    {
        var isLater = recipe.FreezeBatchNormAfter > 0;
        if (Math.Min(train.BatchSize, train.Count) == 1 && model.named_modules().FirstOrDefault(m => m.module is BatchNorm || (isLater && m.module is LiveBatchNorm { IsFrozen: false })) is { name: { } norm })
        {
            throw QatGenException.Of(TrainingRules.OneFrame, norm, norm);
        }
    }

    private QatGenException NotFinite(long step, string place) => QatGenException.Of(TrainingRules.NotFinite, "", $"{step + 1}", place);

    private Random Random(long number, int salt) => new((int)Seed(number, salt));

    /// <summary>A seed of its own for each purpose and step: the finalizer of SplitMix64.</summary>
    private long Seed(long number, int salt)
    {
        var z = (ulong)((((long)_options.Seed << 8) + salt) * 0x1000193L) + ((ulong)number * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (long)((z ^ (z >> 31)) >> 33);
    }
}
