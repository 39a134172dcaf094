namespace QatGen.Marches;

/// <summary>Groups of marches and of types that share rows.</summary>
internal static class On
{
    public static Seq<March> Bernoulli2 { get; } = new(March.Bernoulli2);

    public static Seq<March> Bayes { get; } = new(March.Bayes);

    public static Seq<March> BayesE { get; } = new(March.BayesE);

    /// <summary>BAYES and BAYES_E.</summary>
    public static Seq<March> BothBayes { get; } = new(March.Bayes, March.BayesE);

    public static Seq<March> Nash { get; } = new(March.NashE, March.NashM, March.NashP);

    /// <summary>Everything after BERNOULLI2.</summary>
    public static Seq<March> Later { get; } = new([.. BothBayes, .. Nash]);

    public static Seq<March> All { get; } = new([.. Bernoulli2, .. Later]);

    public static Seq<DType> Int8 { get; } = new(DType.QInt8);

    public static Seq<DType> Int8And16 { get; } = new(DType.QInt8, DType.QInt16);

    public static Seq<DType> Int32 { get; } = new(DType.QInt32);

    public static Seq<DType> AnyType { get; } = new(DType.QInt8, DType.QInt16, DType.QInt32);
}
