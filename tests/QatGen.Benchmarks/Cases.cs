namespace QatGen.Benchmarks;

/// <summary>What is measured: layers of ResNet and MobileNet, and the network of samples/QuickStart.</summary>
internal static class Cases
{
    public static IEnumerable<(string Name, NetBuilder Net, int Batch)> All()
    {
        yield return ("3x3 64@56", Layer(64, 56, static n => n.Conv(0, 64, 3)), 1);
        yield return ("3x3 16@28", Layer(16, 28, static n => n.Conv(0, 16, 3)), 1);
        yield return ("3x3 512@7", Layer(512, 7, static n => n.Conv(0, 512, 3)), 1);
        yield return ("1x1 64->256@28", Layer(64, 28, static n => n.Conv(0, 256, 1)), 1);
        yield return ("depthwise 3x3 144@56", Layer(144, 56, static n => n.Conv(0, 144, 3, groups: 144)), 1);
        yield return ("QuickStart's net", QuickStart(), 16);
    }

    private static NetBuilder Layer(int channels, int size, Action<NetBuilder> add)
    {
        var net = new NetBuilder(channels, size, size);
        add(net);
        return net;
    }

    /// <summary>Stem, three residual blocks, two depthwise and pointwise blocks of stride 2, average, linear.</summary>
    private static NetBuilder QuickStart()
    {
        var net = new NetBuilder(1, 28, 28);
        var x = net.Conv(0, 16, 3);
        for (var block = 0; block < 3; block++)
        {
            x = net.Conv(net.Conv(x, 16, 3), 16, 3, residual: x);
        }

        x = net.Conv(net.Conv(x, 16, 3, stride: 2, groups: 16), 32, 1);
        x = net.Conv(net.Conv(x, 32, 3, stride: 2, groups: 32), 64, 1);
        net.Conv(net.Average(x), 10, 1);
        return net;
    }
}
