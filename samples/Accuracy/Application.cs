namespace Accuracy;

/// <summary>The experiments by their names on the command line.</summary>
public static class Application
{
    /// <summary>Runs what is asked for, seed by seed.</summary>
    public static void Run(Options options)
    {
        Directory.CreateDirectory(options.Output);
        var (subjects, (train, test)) = options.Experiment switch
        {
            "emoji" => (Emoji.Subjects, EmojiData.Load(options.Data)),
            "reference" => ([Fashion.Reference], Fashion.Load(options.Data)),
            _ => ([Fashion.Trained], Fashion.Load(options.Data)),
        };
        foreach (var (seed, subject) in options.Seeds.SelectMany(seed => subjects.Select(subject => (seed, subject))))
        {
            new Experiment(subject, train, test, options, seed).Run(Method.Widths.SelectMany(bits => Method.Of(bits, subject.BatchNormMode)));
        }
    }
}
