using QatGen.Kernels.Planning;

namespace QatGen.Kernels.Steps;

/// <summary>Walks the pixels of all frames of a batch in order.</summary>
internal struct PixelCursor(Layout layout)
{
    public int N { get; private set; }

    public int Y { get; private set; }

    public int X { get; private set; }

    public int Pixel { get; private set; }

    public void Next()
    {
        Pixel++;
        if (++X == layout.Width)
        {
            (X, Y) = (0, Y + 1);
            if (Y == layout.Height)
            {
                (Y, N, Pixel) = (0, N + 1, 0);
            }
        }
    }
}
