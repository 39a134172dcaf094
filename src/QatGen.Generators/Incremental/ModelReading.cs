using QatGen.Generators.Capture;
using QatGen.Passes;

namespace QatGen.Generators.Incremental;

/// <summary>A model as captured and passed: the generator takes the graphs, the analyzer the violations. <paramref name="Passed"/> has a result for each variant, and none where capture found an error.</summary>
internal sealed record ModelReading(CaptureResult Captured, Seq<PipelineResult> Passed);
