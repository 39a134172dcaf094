using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QuickStart;

/// <summary>Keeps libtorch's OpenMP workers from spinning between operators, where they would take the cores from everything else. What the user has set stays.</summary>
internal static partial class NativeThreads
{
    /// <summary>libgomp reads the native environment when it is loaded; <see cref="Environment.SetEnvironmentVariable(string, string)"/> does not reach it.</summary>
    [ModuleInitializer]
    internal static void Initialize()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetEnv("OMP_WAIT_POLICY", "passive", overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
