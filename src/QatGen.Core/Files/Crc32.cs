namespace QatGen.Files;

/// <summary>CRC-32 as in ISO 3309 (reflected polynomial 0xEDB88320).</summary>
public static class Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(static i => Enumerable.Range(0, 8).Aggregate((uint)i, static (c, _) => (c & 1) != 0 ? (c >> 1) ^ 0xEDB88320 : c >> 1))];

    public static uint Of(byte[] bytes, int start, int count)
    {
        var crc = uint.MaxValue;
        for (var i = start; i < start + count; i++)
        {
            crc = (crc >> 8) ^ Table[(crc ^ bytes[i]) & 0xFF];
        }

        return ~crc;
    }
}
