using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>Calls of QatGen.Torch.Colours, which are for data: as modules some of them are operators.</summary>
internal sealed partial class Evaluator
{
    private CaptureException ColoursIn(IInvocationOperation call) => Fail(CaptureRules.Argument, call, "Colours." + call.TargetMethod.Name, "the argument", SourceText.Of(call.Arguments[0].Value), call.TargetMethod.Name switch
    {
        "BgrToYuv" => "the module QatGen.Torch.Nn.BgrToYuv444",
        "RgbToYuv" => "the module QatGen.Torch.Nn.BgrToYuv444 with channelReversal: true",
        "CenteredYuvToRgb" => "the module QatGen.Torch.Nn.CenteredYuv2Rgb, which takes mean and std off as well",
        "CenteredYuvToBgr" => "the module QatGen.Torch.Nn.CenteredYuv2Bgr, which takes mean and std off as well",
        "RgbToBgr" or "BgrToRgb" => "flip(1)",
        _ => "it for the data before they reach the model",
    });
}
