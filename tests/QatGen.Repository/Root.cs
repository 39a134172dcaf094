using System.Runtime.CompilerServices;

namespace QatGen.Repository;

/// <summary>The repository as files.</summary>
internal static class Root
{
    public static string Folder { get; } = Find();

    public static IEnumerable<string> Sources(params string[] folders) => folders
        .SelectMany(static f => Directory.EnumerateFiles(Path.Combine(Folder, f), "*.cs", SearchOption.AllDirectories))
        .Where(static f => !f.Split(Path.DirectorySeparatorChar).Any(static p => p is "bin" or "obj"));

    public static string Relative(string path) => Path.GetRelativePath(Folder, path).Replace('\\', '/');

    private static string Find([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "QatGen.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("QatGen.sln was not found above the tests.");
    }
}
