namespace QatGen.Torch.Training;

/// <summary>What the learning rate is multiplied with, as a function of the finished part of training, 0 to 1.</summary>
public sealed record RateSchedule
{
    /// <summary>The rate does not change.</summary>
    public static RateSchedule Constant { get; } = new();

    /// <summary>The parts of training at which the rate is multiplied with <see cref="DecayFactor"/>.</summary>
    public Seq<double> DecayAt { get; init; } = Seq<double>.Empty;

    /// <summary>What the rate is multiplied with at each of <see cref="DecayAt"/>.</summary>
    public double DecayFactor { get; init; } = 0.1;

    /// <summary>Whether the rate falls along half a cosine.</summary>
    public bool IsCosine { get; init; }

    /// <summary>Where the cosine ends, as a part of the rate.</summary>
    public double Floor { get; init; }

    /// <summary>The rate is multiplied with 0.1, or another factor, at each of the parts.</summary>
    public static RateSchedule Steps(IEnumerable<double> at, double factor = 0.1) => new() { DecayAt = at.ToSeq(), DecayFactor = factor };

    /// <summary>floor + (1 - floor) * (1 + cos(pi * part)) / 2.</summary>
    public static RateSchedule Cosine(double floor = 0) => new() { IsCosine = true, Floor = floor };

    /// <summary>What the rate is multiplied with when a part, 0 to 1, of training is done.</summary>
    public double Factor(double part)
    {
        var decayed = Math.Pow(DecayFactor, DecayAt.Count(at => part >= at));
        return IsCosine ? decayed * (Floor + ((1 - Floor) * (1 + Math.Cos(Math.PI * part)) / 2)) : decayed;
    }
}
