using System.Buffers.Binary;
using System.Text;
using QatGen.Files;
using QatGen.Torch.Persistence;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Persistence;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qatgen").FullName;
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    private string Path => System.IO.Path.Combine(_folder, "net.safetensors");

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The bytes are spelled out, so that writer and reader cannot agree on a wrong format.</summary>
    [Fact]
    public void Save_TwoTensors_WritesTheFormatsBytes()
    {
        Safetensors.Save(Path, new Dictionary<string, Tensor> { ["b"] = tensor(new byte[] { 1, 2, 3 }), ["a"] = tensor(new[] { 1f, -2f }, [2, 1]) }, new Dictionary<string, string> { ["format"] = "pt" });
        var bytes = File.ReadAllBytes(Path);
        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(
            """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}""",
            Encoding.UTF8.GetString(bytes, 8, (int)length).TrimEnd());
        Assert.Equal([0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 1, 2, 3], bytes[(8 + (int)length)..]);
        Assert.Equal("pt", Safetensors.LoadMetadata(Path)["format"]);
    }

    [Theory]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xF8, 0xBF }, -1.5)]
    [InlineData("F32", new byte[] { 0, 0, 0xC0, 0xBF }, -1.5)]
    [InlineData("F16", new byte[] { 0, 0xBE }, -1.5)]
    [InlineData("BF16", new byte[] { 0xC0, 0xBF }, -1.5)]
    [InlineData("I64", new byte[] { 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, -2)]
    [InlineData("I32", new byte[] { 0xFE, 0xFF, 0xFF, 0xFF }, -2)]
    [InlineData("I16", new byte[] { 0xFE, 0xFF }, -2)]
    [InlineData("I8", new byte[] { 0xFE }, -2)]
    [InlineData("U8", new byte[] { 0xFE }, 254)]
    [InlineData("BOOL", new byte[] { 1 }, 1)]
    public void Load_OneElementOfEachType_IsItsValueAndSavesToTheSameBytes(string type, byte[] data, double expected)
    {
        Write($$$"""{"x":{"dtype":"{{{type}}}","shape":[],"data_offsets":[0,{{{data.Length}}}]}}""", data);
        var x = Safetensors.Load(Path)["x"];
        Assert.Empty(x.shape);
        Assert.Equal(expected, x.to(ScalarType.Float64).item<double>());
        Safetensors.Save(Path, new Dictionary<string, Tensor> { ["x"] = x });
        Assert.Equal(data, File.ReadAllBytes(Path)[^data.Length..]);
        Assert.Equal(x.dtype, Safetensors.Load(Path)["x"].dtype);
    }

    [Fact]
    public void Load_SavedTensors_AreEqualWhateverTheirSizeAndLayout()
    {
        manual_seed(3);
        var saved = new Dictionary<string, Tensor>
        {
            ["several pieces"] = randn(3, 1_000_003),
            ["transposed"] = randn(5, 7).transpose(0, 1),
            ["part"] = randn(9, 4)[3..6],
            ["empty"] = zeros(3, 0, 2),
            ["mask"] = randn(17) > 0,
            ["größe/\"quoted\""] = randint(-9, 9, [4], ScalarType.Int64),
        };
        Safetensors.Save(Path, saved);
        var loaded = Safetensors.Load(Path);
        Assert.Equal(saved.Keys.Order(), loaded.Keys.Order());
        Assert.All(saved, s =>
        {
            Assert.Equal(s.Value.shape, loaded[s.Key].shape);
            Assert.True(s.Value.equal(loaded[s.Key]).all().item<bool>());
        });
        Assert.Empty(Directory.GetFiles(_folder, "*.tmp"));
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", "y", "overlaps")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "x", "gap")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "x", "ends at byte 12 of 8")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "", "4 bytes that belong to no entry")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "x", "has 8 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "x", "data_offsets that is none")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "x", "is none")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "x", "is none")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387904,4,0],"data_offsets":[0,0]}}""", "x", "has 0 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,8]}}""", "x", "has 8 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "x", "twice")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2]}}""", "x", "does not have")]
    [InlineData("""{"x":7}""", "x", "does not have")]
    [InlineData("""[1,2]""", "", "no JSON object")]
    [InlineData("""{"x":{"dtype":"F32",""", "", "no JSON object")]
    [InlineData("""{"x":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}}""", "x", "other than 0 and 1")]
    public void Load_BadHeader_NamesFileAndEntry(string header, string entry, string reason)
    {
        Write(header, [1, 2, 3, 4, 5, 6, 7, 8]);
        var violation = Assert.Throws<QatGenException>(() => Safetensors.Load(Path)).Violations.Single();
        Assert.Equal((FileRules.Damaged, entry), (violation.Rule, violation.Layer));
        Assert.Contains(Path, violation.Message);
        Assert.Contains(reason, violation.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(1_000_000_000)]
    [InlineData(long.MaxValue)]
    public void Load_HeaderOfAnImpossibleLength_IsRefused(long length)
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        File.WriteAllBytes(Path, bytes);
        Assert.Contains("header would be", Assert.Throws<QatGenException>(() => Safetensors.Load(Path)).Message);
    }

    [Fact]
    public void Load_TruncatedAnywhere_IsDamaged()
    {
        Safetensors.Save(Path, new Dictionary<string, Tensor> { ["a"] = randn(5), ["b"] = randn(3, 2) });
        var bytes = File.ReadAllBytes(Path);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(Path, bytes[..length]);
            Assert.Equal(FileRules.Damaged, Assert.Throws<QatGenException>(() => Safetensors.Load(Path)).Violations.Single().Rule);
        }
    }

    [Fact]
    public void LoadAndSave_TypeThatIsNoneOfThem_NamesTheEntry()
    {
        Write("""{"x":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}""", [1, 2]);
        Assert.Equal((TrainingRules.FileType, "x"), First(() => Safetensors.Load(Path)));
        Assert.Equal((TrainingRules.FileType, "z"), First(() => Safetensors.Save(Path, new Dictionary<string, Tensor> { ["z"] = zeros(1, ScalarType.ComplexFloat32) })));

        static (Rule, string) First(Action action) => Assert.Throws<QatGenException>(action).Violations.Single() is var v ? (v.Rule, v.Layer) : default;
    }

    [Fact]
    public void Write_FullDiskAnywhere_LeavesTheOldFile()
    {
        var tensors = new Dictionary<string, Tensor> { ["a"] = randn(50), ["b"] = randn(3, 2) };
        Safetensors.Save(Path, tensors);
        var old = File.ReadAllBytes(Path);
        var other = new Dictionary<string, Tensor> { ["a"] = randn(50), ["b"] = randn(3, 2) };
        for (var capacity = 0; capacity < old.Length; capacity += 7)
        {
            Assert.Throws<IOException>(() => AtomicFile.Write(Path, stream => Safetensors.Write(new FailingStream(stream, capacity), SafetensorsHeader.Of(other, null), other)));
            Assert.Equal(old, File.ReadAllBytes(Path));
            Assert.Single(Directory.GetFiles(_folder));
        }

        AtomicFile.Write(Path, stream => Safetensors.Write(new FailingStream(stream, old.Length), SafetensorsHeader.Of(other, null), other));
        Assert.True(Safetensors.Load(Path)["a"].equal(other["a"]).all().item<bool>());
    }

    private void Write(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(Path, [.. BitConverter.GetBytes((long)json.Length), .. json, .. data]);
    }
}
