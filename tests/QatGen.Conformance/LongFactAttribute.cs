namespace QatGen.Conformance;

/// <summary>A test that takes tens of seconds; it runs where <c>QATGEN_LONG=1</c>, as CI sets it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongFactAttribute : FactAttribute
{
    private const string Reason = "QATGEN_LONG=1 runs it.";

    public LongFactAttribute() => Skip = Environment.GetEnvironmentVariable("QATGEN_LONG") == "1" ? null : Reason;
}
