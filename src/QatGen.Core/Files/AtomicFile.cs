namespace QatGen.Files;

/// <summary>Writes a file under a temporary name and moves it, so that an interrupted write leaves the old file or none.</summary>
public static class AtomicFile
{
#pragma warning disable RS0030 // the one place that touches the file system
    public static void Write(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        if (IsDevice(full))
        {
            using var device = new FileStream(full, FileMode.Open, FileAccess.Write);
            write(device);
            return;
        }

        if (Directory.Exists(full))
        {
            throw new IOException($"'{full}' is a directory.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var temporary = full + "." + Guid.NewGuid().ToString("N").Substring(0, 8) + ".tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            if (File.Exists(full))
            {
                File.Replace(temporary, full, null);
            }
            else
            {
                File.Move(temporary, full);
            }
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>A device such as /dev/null is written to: a file in its place would be the end of it.</summary>
    private static bool IsDevice(string full) => full.StartsWith("/dev/", StringComparison.Ordinal) && !full.StartsWith("/dev/shm/", StringComparison.Ordinal) && File.Exists(full);

    public static byte[] Read(string path) => File.ReadAllBytes(path);
#pragma warning restore RS0030
}
