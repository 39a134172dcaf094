using QatGen.Files;
using QatGen.Primitives;

namespace QatGen.Bpu.Tests;

public sealed class ProgramFileTests
{
    private static readonly (IntGraph Graph, QTensor[] Inputs) Case = SmallCase();
    private static readonly byte[] File = ProgramFormat.Write(BpuCompiler.Compile(Case.Graph));
    private static readonly string[] Sections = ["signature", "memory", "layers", "code", "constants"];

    [Fact]
    public void SaveAndLoad_GiveTheSameBytesAndResults()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "net.hbm");
            var program = BpuCompiler.Compile(Case.Graph);
            program.Save(path);
            var loaded = BpuProgram.Load(path);
            Assert.Equal(System.IO.File.ReadAllBytes(path), ProgramFormat.Write(loaded));
            Assert.Equal(program.Estimate().ToString(), loaded.Estimate().ToString());
            Assert.Equal(new Simulator(program).Run(Case.Inputs).Output.Data, new Simulator(loaded).Run(Case.Inputs).Output.Data);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Read_EveryTruncation_IsAClearError()
    {
        for (var length = 0; length < File.Length; length++)
        {
            Assert.Contains(RuleOf(File[..length]), new[] { FileRules.Damaged, FileRules.WrongKind });
        }
    }

    [Fact]
    public void Read_EveryChangedByte_IsAClearError()
    {
        for (var i = 0; i < File.Length; i++)
        {
            var changed = (byte[])File.Clone();
            changed[i] ^= (byte)(1 << (i % 8));
            Assert.Contains(RuleOf(changed), new[] { FileRules.Damaged, FileRules.WrongKind, FileRules.NewerVersion });
        }
    }

    [Fact]
    public void Read_NewerVersion_SaysSo()
    {
        var newer = Container.Write(ProgramFormat.Magic, ProgramFormat.Version + 1, []);
        Assert.Equal(FileRules.NewerVersion, RuleOf(newer));
    }

    [Fact]
    public void Read_OtherKindOfFile_SaysSo() => Assert.Equal(FileRules.WrongKind, RuleOf(Container.Write("QGMX", 1, [])));

    [Theory]
    [InlineData("signature")]
    [InlineData("memory")]
    [InlineData("layers")]
    [InlineData("code")]
    [InlineData("constants")]
    public void Read_SectionIsMissing_SaysDamaged(string missing)
    {
        var sections = Container.Read(File, "f", ProgramFormat.Magic, ProgramFormat.Version);
        Assert.Equal(FileRules.Damaged, RuleOf(Container.Write(ProgramFormat.Magic, ProgramFormat.Version, [.. Sections.Where(s => s != missing).Select(s => (s, sections[s]))])));
    }

    /// <summary>Content that is wrong under right checksums is refused by verification, or is a program that runs to its end.</summary>
    [Theory]
    [InlineData("signature")]
    [InlineData("memory")]
    [InlineData("layers")]
    [InlineData("code")]
    [InlineData("constants")]
    public void Read_WrongContentUnderRightChecksums_IsRefusedOrRuns(string changed)
    {
        var sections = Container.Read(File, "f", ProgramFormat.Magic, ProgramFormat.Version);
        var refused = 0;
        for (var i = 0; i < sections[changed].Length * 3; i++)
        {
            var bytes = (byte[])sections[changed].Clone();
            bytes[i / 3] ^= (byte)(1 << (((i % 3) * 3) + 1));
            try
            {
                var program = ProgramFormat.Read(Container.Write(ProgramFormat.Magic, ProgramFormat.Version, [.. Sections.Select(s => (s, s == changed ? bytes : sections[s]))]), "f");
                if (program.Memory.WorkspaceBytes + (long)program.Memory.SramBytes < 1 << 25 && program.Batch == 1)
                {
                    new Simulator(program).Run(Case.Inputs);
                }
            }
            catch (QatGenException)
            {
                refused++;
            }
        }

        Assert.True(refused > 0 || changed is "layers" or "constants", changed);
    }

    private static Rule RuleOf(byte[] file) => Assert.Throws<QatGenException>(() => ProgramFormat.Read(file, "f")).Violations[0].Rule;

    /// <summary>A convolution with padding, an average with lanes by position and a classifier: every kind of table.</summary>
    private static (IntGraph, QTensor[]) SmallCase()
    {
        var b = new ProgramBuilder(new Random(1), March.Bernoulli2, [1, 3, 5, 4]);
        var x = b.Conv(0, 9, 3, 3, new(PadTop: 1, PadLeft: 1));
        x = b.AveragePool(x, new(3, 3, 2, 2, 1, 1), new(IncludePad: false));
        x = b.Conv(b.Reshape(x, 0, -1, 1, 1), 5, 1, 1, new(), highPrecision: true);
        return (b.Finish(b.Reshape(x, 0, 0)), b.Inputs(1));
    }
}
