using System.Globalization;
using System.Text;
using QatGen.Torch;

namespace Accuracy;

/// <summary>The sample's README, its tables made from measurements.</summary>
public static class Page
{
    private const string Missing = "";

    /// <summary>PyTorch 1.13.1 by the same recipe (FX QAT, symmetric int8, weights per channel; one seed); where there are two figures, fake quantization and int8.</summary>
    private static readonly Dictionary<(string Method, int Bits), string> PyTorch = new()
    {
        [(Method.Float, Method.FloatBits)] = "89.23",
        [(Method.FineTuned, Method.FloatBits)] = "90.21",
        [(Method.PostTraining, 8)] = "89.36, int8 89.23",
        [(Method.Qat, 8)] = "90.30, int8 90.26",
        [(Method.PostTraining, 4)] = "89.59",
        [(Method.Qat, 4)] = "89.83",
        [(Method.PostTraining, 3)] = "84.14",
        [(Method.Qat, 3)] = "88.34",
    };

    public static string Of(IReadOnlyList<Measurement> rows)
    {
        var page = new StringBuilder("""
            # Accuracy

            What quantization costs on real data, and how much of it comes back. Each network is trained in float, quantized after training in several ways, and trained for quantization; every quantized row is the
            whole test set twice: the QAT model in VALIDATION and the fixed-point program, whose output integers are compared one by one.

            ```
            apt-get install dataset-fashion-mnist
            dotnet run -c Release --project samples/Accuracy -- fashion
            dotnet run -c Release --project samples/Accuracy -- reference
            npm install emoji-datasource-google@16.0.0 emoji-datasource-twitter@16.0.0
            dotnet run -c Release --project samples/Accuracy -- emoji --data node_modules
            ```

            `--seeds 1,2,3`, `--only METHOD`, `--threads N`, `--output FOLDER`: models and `results.jsonl` go there, and what is in it is not measured again. The tables below are written from
            [results.jsonl](results.jsonl) by `QATGEN_ACCEPT=1 dotnet test tests/QatGen.Accuracy.Tests`: top-1 in percent, the mean over seeds and in brackets the lowest and the highest; without brackets it is one seed.

            ## Fashion-MNIST

            60,000 training and 10,000 test images. The network (stem, three residual and two depthwise blocks, 101,322 parameters), the recipe (SGD with Nesterov momentum 0.9, weight decay 5e-4, batches of 128, cosine,
            shifts by 2 and mirroring; float 4 epochs at 0.1, QAT and fine-tuning 2 epochs at 0.01) and the calibration (the first 2,048 training images) are those of PyTorch's figures. Activations have 8 bits.


            """);
        Fashion(page, rows);
        page.Append("""

            `mse` finds the ranges of activations and weights (of weights alone in the rows with batch norms) by least squared error. "Batch norms estimated" measures running statistics anew, through the integer program, on the
            calibration images as they are: at 8 bits it also makes up for statistics that the float model took of shifted images, so compare with the fine-tuned float model. "Equalized, bias corrected" and "AdaRound" are
            `Equalize`, `CorrectBias` and `AdaRound` of `QatGen.Torch.Improvement`. QAT follows the largest weight, as PyTorch's does.

            With 3 bits and the scale absmax / 3.5 each channel's largest weight lies half-way between two integers, and which one it becomes decides much. Rounding half up turns -3.5 into -3 where PyTorch's half to even gives
            -4: from PyTorch's float weights, plain post-training gives 78.47, with scales 0.1 % smaller 84.15, which is PyTorch's 84.14, and with scales 0.1 % larger 46.02. The other ways do not hang on that one weight.

            ## Emoji

            Images of two vendors in 32 x 32 pixels of colour, nine classes; every fourth emoji is tested with, by its code points, so that neither vendor's image of it is trained with. Activations have 8 bits. RepVGG is
            trained with its branches and quantized after they were merged into one convolution each, which leaves no batch norm.

            On the board, ImageNet's RepVGG-A0 falls from 72.41 to 51.75 by post-training with 8 bits (the model zoo of the RDK X5). This small one loses nothing at 8 bits, but with 4 bits of weights post-training leaves about a
            quarter of the images right. AdaRound brings nearly all of it back without training; QAT brings most of it back, more where it starts from the equalized network with ranges by least squared error.


            """);
        Emojis(page, rows);
        return page.ToString();
    }

    private static void Fashion(StringBuilder page, IReadOnlyList<Measurement> rows)
    {
        var (trained, reference) = (Accuracy.Fashion.Trained.Name, Accuracy.Fashion.Reference.Name);
        page.Append("| | weights | VALIDATION | fixed point | from PyTorch's float weights | differing integers | PyTorch |\n|---|---|---|---|---|---|---|\n");
        foreach (var (method, bits) in Rows(rows, [trained, reference]))
        {
            var own = Select(rows, trained, method, bits);
            var others = Select(rows, reference, method, bits);
            page.Append(CultureInfo.InvariantCulture, $"| {method} | {Width(bits)} | {Top1(own)} | {FixedPoint(own)} | {Top1(others)} | {Differing([.. own, .. others])} | {PyTorch.GetValueOrDefault((method, bits), Missing)} |\n");
        }
    }

    private static void Emojis(StringBuilder page, IReadOnlyList<Measurement> rows)
    {
        var names = Emoji.Subjects.Select(static s => s.Name).ToArray();
        page.Append(CultureInfo.InvariantCulture, $"| | weights | {string.Join(" | ", names.Select(static n => $"{n}: VALIDATION | fixed point"))} | differing integers |\n|---|---|{string.Concat(names.Select(static _ => "---|---|"))}---|\n");
        foreach (var (method, bits) in Rows(rows, names))
        {
            var cells = names.Select(name => Select(rows, name, method, bits)).ToArray();
            page.Append(CultureInfo.InvariantCulture, $"| {method} | {Width(bits)} | {string.Join(" | ", cells.Select(static c => $"{Top1(c)} | {FixedPoint(c)}"))} | {Differing([.. cells.SelectMany(static c => c)])} |\n");
        }
    }

    /// <summary>The rows that some seed has, float first, then by falling bits in the order of the methods.</summary>
    private static IEnumerable<(string Method, int Bits)> Rows(IReadOnlyList<Measurement> rows, string[] subjects)
    {
        string[] order = [Method.Float, Method.FineTuned, .. new[] { BatchNormMode.WithBN, BatchNormMode.FuseBN }.SelectMany(static mode => Method.Of(Method.FewestBits, mode)).Select(static m => m.Name).Distinct()];
        return rows.Where(r => subjects.Contains(r.Subject)).Select(static r => (r.Method, r.Bits)).Distinct().OrderByDescending(static r => r.Bits).ThenBy(r => Array.IndexOf(order, r.Method));
    }

    private static Measurement[] Select(IEnumerable<Measurement> rows, string subject, string method, int bits) =>
        [.. rows.Where(r => (r.Subject, r.Method, r.Bits) == (subject, method, bits))];

    private static string Width(int bits) => bits == Method.FloatBits ? "float" : $"{bits} bits";

    private static string Top1(Measurement[] rows) => Spread([.. rows.Select(static r => r.Top1)]);

    private static string FixedPoint(Measurement[] rows) => Spread([.. rows.Select(static r => r.FixedPoint).OfType<double>()]);

    private static string Differing(Measurement[] rows) => rows.Any(static r => r.Differing is not null) ? rows.Sum(static r => r.Differing ?? 0).ToString("N0", CultureInfo.InvariantCulture) : Missing;

    private static string Spread(double[] values) => values.Length switch
    {
        0 => Missing,
        1 => string.Create(CultureInfo.InvariantCulture, $"{values[0]:F2}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{values.Average():F2} ({values.Min():F2} to {values.Max():F2})"),
    };
}
