using Accuracy;
using TorchSharp;

var (options, error) = Options.Parse(args);
if (options is null)
{
    Console.Error.WriteLine(error);
    return 2;
}

try
{
    if (options.Threads > 0)
    {
        torch.set_num_threads(options.Threads);
    }

    Application.Run(options);
    return 0;
}
catch (Exception e) when (e is QatGen.QatGenException or IOException or InvalidDataException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
