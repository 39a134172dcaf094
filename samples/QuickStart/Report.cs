using System.Globalization;
using System.Text.Json;
using QatGen;
using QatGen.Primitives;
using QatGen.Torch;
using Spectre.Console;

namespace QuickStart;

/// <summary>What the sample prints.</summary>
public static class Report
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Each node of the model: the float modules, the fused operator they became, and its integer primitives.</summary>
    public static void Stages(IQatModule qat, FixedPointModel fixedPoint)
    {
        var primitives = fixedPoint.Record().Nodes.ToLookup(static n => n.Layer);
        var table = new Table().Title("Stages of the model").Border(TableBorder.Simple).AddColumns("float", "QAT", "fixed point");
        foreach (var node in qat.Model.Nodes.Select(static n => n.Node))
        {
            table.AddRow(
                Markup.Escape(string.Join(" + ", node.Absorbed.Select(static a => a.Path).Prepend(node.Path))),
                Markup.Escape(node.FusedName),
                Markup.Escape(string.Join(", ", primitives[node.Path].Select(Describe))));
        }

        Write(table);
    }

    /// <summary>Prints the table, the BPU's figures and, as the last line, one JSON object.</summary>
    public static void Finish(Result result, IEnumerable<Stage> stages)
    {
        var table = new Table().Title(string.Create(CultureInfo.InvariantCulture, $"Top-1 on {result.TestImages} test images")).Border(TableBorder.Simple).AddColumn("stage");
        foreach (var column in new[] { "top-1 %", "bytes", "seconds" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var stage in stages)
        {
            table.AddRow(stage.Name, Text("F2", stage.Top1), stage.Bytes == 0 ? "" : Text("N0", stage.Bytes), Text("F1", stage.Seconds));
        }

        Write(table);
        Console.WriteLine($"BPU: {Text("F1", result.LatencyUs)} us per frame, {Text("N0", result.FramesPerSecond)} frames per second, {Text("N0", result.DdrBytesPerFrame)} DDR bytes per frame");
        Console.WriteLine($"Output integers that differ between QAT, fixed point and simulator: {Text("N0", result.DifferingValues)}");
        Console.WriteLine(JsonSerializer.Serialize(result, Json));
    }

    private static string Describe(IntNode node) => node switch
    {
        IntNode.Rescale { Terms.Count: > 1 } r => $"{nameof(IntNode.Rescale)} of {r.Terms.Count.ToString(CultureInfo.InvariantCulture)}",
        _ => node.GetType().Name,
    };

    /// <summary>Tables keep their width when the output is redirected.</summary>
    private static void Write(Table table)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = 140;
        }

        AnsiConsole.Write(table);
    }

    private static string Text(string format, double value) => value.ToString(format, CultureInfo.InvariantCulture);
}
