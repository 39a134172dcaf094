namespace ModelZoo;

/// <summary>A row of YOLOv8's layer table: the kind of layer, its channels and repeats at full size, and for a <see cref="YoloLayerKind.Concat"/> the row it joins.</summary>
public sealed record YoloLayer(YoloLayerKind Kind, int Channels = 0, int Repeats = 1, bool Shortcut = false, int From = -1);

/// <summary>What a row of the layer table makes.</summary>
public enum YoloLayerKind
{
    /// <summary>A 3x3 convolution of stride 2.</summary>
    Conv,

    /// <summary>A cross stage partial block.</summary>
    C2f,

    /// <summary>Spatial pyramid pooling.</summary>
    Sppf,

    /// <summary>Twice as high and wide.</summary>
    Upsample,

    /// <summary>Joins an earlier row's output.</summary>
    Concat,
}
