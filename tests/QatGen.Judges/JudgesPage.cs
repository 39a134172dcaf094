using System.Globalization;
using System.Text;

namespace QatGen.Judges;

/// <summary>docs/judges.md: what others answered to the same integers.</summary>
internal static class JudgesPage
{
    public static string Write()
    {
        var page = new StringBuilder("# Outside judges\n\nWritten from the tests' own counts by `tests/QatGen.Judges` (`QATGEN_ACCEPT=1 dotnet test tests/QatGen.Judges`).\n\n");
        page.Append("Every case gives an operator the judge's integers, weights and scales; QAT in VALIDATION, the reference kernels, the vectorized kernels and the simulator give the same integers, which are then compared with the judge's.\n\n");
        page.Append("- *tie*: the exact value v lies beside the middle of two integers, |frac(v) - 0.5| <= |v| * 2^-22, and the judge took the other one: it rounds half to even in float32.\n");
        page.Append("- *bias*: the judge adds the real bias, where the bias is rounded to steps of the accumulator here, and that half step moves v over the middle of two integers.\n\n");
        page.Append("Nothing else may differ.\n\n| operator | judge | cases | values | equal | tie | bias |\n|---|---|---|---|---|---|---|\n");
        foreach (var v in Bench.Operators.SelectMany(Bench.Verdicts))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {v.Operator} | {v.Judge} | {v.Cases} | {v.Values} | {v.Agreed} | {v.Ties} | {v.Biases} |\n");
        }

        page.Append("\n## Left out\n\n| what | why |\n|---|---|\n");
        page.Append("| PyTorch qnnpack, average pooling whose padding does not count | the engine divides by the whole window all the same |\n");
        page.Append("| PyTorch x86 and onednn of libtorch 2.10, transposed convolutions | their results are not those of the other engines |\n");
        page.Append("| PyTorch, functions that are tables here, of inputs beyond int8 after the zero point is taken away | a table of qint16 interpolates; docs/accuracy.md says how well |\n");
        page.Append(CultureInfo.InvariantCulture, $"| PyTorch: {string.Join(", ", PyTorch.Missing())} | a softmax is made of tables, and the factors of a batch norm are int8 weights here and float there |\n");
        return page.ToString();
    }
}
