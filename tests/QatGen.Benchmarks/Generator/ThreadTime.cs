using System.Diagnostics;
using System.Runtime.InteropServices;

namespace QatGen.Benchmarks.Generator;

/// <summary>Processor time of the calling thread, which other load on the machine does not lengthen; of the whole process where the system does not tell.</summary>
internal static partial class ThreadTime
{
    private const int ThreadClock = 3;

    /// <summary>In milliseconds.</summary>
    public static double Now => OperatingSystem.IsLinux() && GetTime(ThreadClock, out var time) == 0 ? (time.Seconds * 1e3) + (time.Nanoseconds / 1e6) : Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
