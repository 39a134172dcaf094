using System.Diagnostics;
using Spectre.Console;

namespace QuickStart;

/// <summary>Runs the steps of the sample: a live bar on a terminal, a plain line each where output is redirected.</summary>
public sealed class Steps
{
    private readonly Dictionary<string, double> _seconds = [];

    /// <summary>How long a step took, in seconds; 0 when it did not run.</summary>
    public double Seconds(string name) => _seconds.GetValueOrDefault(name);

    /// <summary>Runs <paramref name="work"/>, which reports its finished part (0 to 1).</summary>
    public T Run<T>(string name, Func<Action<double>, T> work)
    {
        var watch = Stopwatch.StartNew();
        var result = Console.IsOutputRedirected ? work(static _ => { }) : WithBar(name, work);
        _seconds[name] = watch.Elapsed.TotalSeconds;
        if (Console.IsOutputRedirected)
        {
            Console.WriteLine(FormattableString.Invariant($"{name}: {watch.Elapsed.TotalSeconds:F1} s"));
        }

        return result;
    }

    private static T WithBar<T>(string name, Func<Action<double>, T> work) =>
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(name, maxValue: 1);
                var result = work(done => task.Value = done);
                task.Value = 1;
                return result;
            });
}
