using System.Text.Json;
using QatGen.Torch.Tests.Golden;

namespace QatGen.Judges;

/// <summary>The layers of the networks that PyTorch trained in qat_run and converted: what each engine's layer reads there, its weights, and what it gives.</summary>
internal static class QatRun
{
    private static readonly string[] Engines = ["qnnpack", "onednn"];

    /// <summary>Each layer's operator and what it reads, by the names of the converted graph.</summary>
    private static readonly (string Name, string Op, string[] Inputs, string? Weights, int Kernel, int Stride, int Groups)[] Layers =
    [
        ("stem_conv", "quantized.conv2d_relu", ["quantize_per_tensor"], "stem.conv", 3, 1, 1),
        ("r1_conv", "quantized.conv2d_relu", ["stem_conv"], "r1.conv", 3, 1, 1),
        ("r2_conv", "quantized.conv2d", ["r1_conv"], "r2.conv", 3, 1, 1),
        ("add_relu", "quantized.add_relu", ["stem_conv", "r2_conv"], null, 0, 0, 0),
        ("dw_conv", "quantized.conv2d_relu", ["add_relu"], "dw.conv", 3, 2, 8),
        ("pw_conv", "quantized.conv2d_relu", ["dw_conv"], "pw.conv", 1, 1, 1),
        ("pool", "adaptive_avg_pool2d", ["pw_conv"], null, 1, 0, 0),
        ("fc", "quantized.linear", ["flatten"], "fc", 0, 0, 0),
    ];

    /// <summary>A case for each layer, engine and training with quantized activations.</summary>
    public static IEnumerable<GoldenCase> Cases() =>
        from run in GoldenFile.Read("qat_run")
        from engine in Engines
        where run.Outputs.ContainsKey($"int8.{engine}.fc")
        from layer in Layers
        select Case(run, engine, layer);

    private static GoldenCase Case(GoldenCase run, string engine, (string Name, string Op, string[] Inputs, string? Weights, int Kernel, int Stride, int Groups) layer)
    {
        GoldenTensor Of(string name) => run.Outputs[$"int8.{engine}.{name}"];
        var (parameters, inputs) = (new Dictionary<string, object>(), new Dictionary<string, GoldenTensor>());
        foreach (var (name, value) in layer.Inputs.Zip(["x", "x2"], (read, name) => (name, Of(read))).Append(("y", Of(layer.Name))))
        {
            (parameters[name + "_scale"], parameters[name + "_zero_point"]) = (value.Scales[0], value.ZeroPoint);
            if (name != "y")
            {
                inputs[name] = value;
            }
        }

        if (layer.Weights is { } weights)
        {
            var (w, channels) = (run.Outputs[$"int8w.{weights}.weight"], run.Outputs[$"int8w.{weights}.bias"]);
            (inputs["w"], inputs["bias"]) = (w, channels);
            inputs["w_scales"] = new([w.Shape[0]], w.Scales.Length > 1 ? w.Scales : [.. Enumerable.Repeat(w.Scales[0], (int)w.Shape[0])]);
        }

        foreach (var (name, value) in new[] { ("stride", layer.Stride), ("padding", layer.Kernel / 2), ("dilation", 1), ("groups", layer.Groups), ("kernel_or_size", layer.Kernel) })
        {
            parameters[name] = value;
        }

        return new($"qat_run {run.Name} {engine} {layer.Name}", layer.Op, JsonSerializer.SerializeToElement(parameters), inputs, new Dictionary<string, GoldenTensor> { ["y_" + engine] = Of(layer.Name) });
    }
}
