using QatGen.Files;

namespace QatGen.Core.Tests;

public sealed class ContainerTests
{
    private static readonly byte[] File = Container.Write("TEST", 2, [("a", [1, 2, 3]), ("b", [])]);

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var sections = Container.Read(File, "f", "TEST", 2);
        Assert.Equal([1, 2, 3], sections["a"]);
        Assert.Empty(sections["b"]);
    }

    [Fact]
    public void Read_EveryTruncation_IsAClearError()
    {
        for (var length = 0; length < File.Length; length++)
        {
            Assert.Contains(Rule(File[..length], 2), new[] { FileRules.Damaged, FileRules.WrongKind });
        }
    }

    [Fact]
    public void Read_EveryFlippedBit_IsAClearError()
    {
        for (var bit = 0; bit < File.Length * 8; bit++)
        {
            var flipped = (byte[])File.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Contains(Rule(flipped, 2), new[] { FileRules.Damaged, FileRules.WrongKind, FileRules.NewerVersion });
        }
    }

    [Fact]
    public void Read_NewerVersion_SaysSo() => Assert.Equal(FileRules.NewerVersion, Rule(File, 1));

    [Fact]
    public void Crc32_OfTheCheckString_IsTheStandardsValue() => Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8.ToArray(), 0, 9));

    [Fact]
    public void Write_ToADevice_WritesToItAndLeavesItThere()
    {
        const string Full = "/dev/full";
        if (System.IO.File.Exists(Full))
        {
            Assert.Throws<IOException>(() => AtomicFile.Write(Full, static s => s.Write(new byte[1 << 16])));
            Assert.Throws<IOException>(() => AtomicFile.Write(Full, static s => s.Write(new byte[1 << 16])));
            AtomicFile.Write("/dev/null", static s => s.WriteByte(1));
            Assert.Empty(System.IO.File.ReadAllBytes("/dev/null"));
            Assert.Empty(Directory.GetFiles("/dev", "*.tmp"));
        }
    }

    [Fact]
    public void Write_ThatFails_LeavesTheOldFileAndNothingElse()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "f");
            AtomicFile.Write(path, static s => s.WriteByte(7));
            Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, static s =>
            {
                s.WriteByte(8);
                throw new InvalidOperationException();
            }));
            Assert.Equal([7], AtomicFile.Read(path));
            Assert.Single(folder.GetFiles());
            Assert.Contains("is a directory", Assert.Throws<IOException>(() => AtomicFile.Write(folder.FullName, static s => s.WriteByte(7))).Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Rule Rule(byte[] bytes, int version) => Assert.Throws<QatGenException>(() => Container.Read(bytes, "f", "TEST", version)).Violations[0].Rule;
}
