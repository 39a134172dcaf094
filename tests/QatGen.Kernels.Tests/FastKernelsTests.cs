using System.Runtime.Intrinsics;
using QatGen.Kernels.Planning;
using QatGen.Kernels.Reference;
using QatGen.Kernels.Simd;

namespace QatGen.Kernels.Tests;

/// <summary>The fast kernels against the reference, bit for bit, on random programs.</summary>
public sealed class FastKernelsTests
{
    private const int Groups = 20;
    private static readonly int ProgramsPerGroup = Environment.GetEnvironmentVariable("QATGEN_LONG") == "1" ? 100 : 25;

    private static readonly MicroKernels[] Kernels =
    [
        .. Simd512.IsSupported ? [new MicroKernels<Simd512, Vector512<int>, Vector512<double>>()] : Array.Empty<MicroKernels>(),
        .. Simd256.IsSupported ? [new MicroKernels<Simd256, Vector256<int>, Vector256<double>>()] : Array.Empty<MicroKernels>(),
        new MicroKernels<Simd128, Vector128<int>, Vector128<double>>(),
    ];

    public static TheoryData<int> AllGroups => [.. Enumerable.Range(0, Groups)];

    [Theory]
    [MemberData(nameof(AllGroups))]
    public void Run_RandomProgram_EqualsTheReferenceOnEveryVectorWidth(int group)
    {
        for (var seed = group * ProgramsPerGroup; seed < (group + 1) * ProgramsPerGroup; seed++)
        {
            var program = RandomProgram.Create(seed);
            var batch = 1 + (seed % 3);
            var inputs = RandomProgram.InputsFor(program, batch, seed);
            var expected = ReferenceRunner.Run(program, inputs);
            foreach (var kernels in Kernels)
            {
                foreach (var reuse in new[] { true, false })
                {
                    var session = new InferenceSession(program.Signature, new Planner(new(program.Record(), kernels), batch, reuse).Plan());
                    AssertEqual(expected, session, inputs, $"program {seed}, batch {batch}, {kernels.Lanes} lanes, reuse {reuse}");

                    // Once more in the memory that the first run has left dirty.
                    AssertEqual(expected, session, inputs, $"program {seed}, second run");
                }
            }
        }
    }

    /// <summary>Every channel of an int32 output is cut at a limit of its own, on whichever lane of a vector it lies.</summary>
    [Fact]
    public void Run_LimitsOfEachChannel_AreItsOwnOnEveryVectorWidth()
    {
        const int channels = 37;
        var b = new ProgramBuilder(([1, 1, 3], DType.QInt8));
        var sum = b.Conv(
            b.Inputs[0], new(new(channels, 1, 1, 1), Enumerable.Repeat((sbyte)100, channels).ToSeq()), new(new([.. new int[channels]])), [.. Enumerable.Range(1, channels).Select(static c => 1.0 / c)], new());
        var program = b.Build(b.PassThrough(sum, new(-2, 6)));
        QTensor[] input = [new([1, 1, 1, 3], DType.QInt8, [1, 127, -128], [1])];
        var expected = ReferenceRunner.Run(program, input);
        Assert.Equal(Enumerable.Range(1, channels).SelectMany(static c => new[] { Math.Min(100, 6 * c), 6 * c, -2 * c }), expected[0].Data);
        Assert.All(Kernels, k => AssertEqual(expected, new(program.Signature, new Planner(new(program.Record(), k), 1, true).Plan()), input, $"{k.Lanes} lanes"));
    }

    /// <summary>What machines without the instruction use.</summary>
    [Fact]
    public void PortableDot_RandomPairs_IsTheSumOfBothProducts()
    {
        var random = new Random(1);
        for (var round = 0; round < 1000; round++)
        {
            short[] x = [.. Enumerable.Range(0, 8).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1))];
            short[] w = [.. Enumerable.Range(0, 8).Select(_ => (short)random.Next(-128, 128))];
            var dot = Simd128.PortableDot(Vector128.Create(round), Vector128.Create(x).AsInt32(), Vector128.Create(w).AsInt32());
            for (var lane = 0; lane < Simd128.Lanes; lane++)
            {
                Assert.Equal(round + (x[2 * lane] * w[2 * lane]) + (x[(2 * lane) + 1] * w[(2 * lane) + 1]), dot[lane]);
            }
        }
    }

    private static void AssertEqual(QTensor[] expected, InferenceSession session, QTensor[] inputs, string what)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            session.SetInput(i, inputs[i].Data);
        }

        session.Run();
        for (var i = 0; i < expected.Length; i++)
        {
            var actual = new int[expected[i].Data.Length];
            session.GetOutput(i, actual);
            var differing = expected[i].Data.Zip(actual, static (e, a) => e != a).Count(static d => d);
            Assert.True(differing == 0, $"{what}: {differing} of {actual.Length} values of output {i} differ");
        }
    }
}
