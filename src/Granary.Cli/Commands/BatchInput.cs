using System.CommandLine;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.StrategyFiles;

namespace Granary.Cli.Commands;

/// <summary>
/// The input of a command that runs a batch: a batch file, a C# file with a strategy and options that make a batch of it, or a file of
/// bars.
/// </summary>
internal sealed class BatchInput
{
    private readonly CompositionRoot _root;
    private readonly Argument<string> _file;

    private readonly Option<string?> _source = new("--source")
    {
        Description = "with FILE.cs: the bars, such as csv:DIR (those of the file's comment, or the sample bars)",
    };

    private readonly Option<string?> _symbols = new("--symbols") { Description = "with FILE.cs: symbols, such as A,B (all)" };

    private readonly Option<string?> _timeframe = new("--timeframe")
    {
        Description = "with FILE.cs: length of the bars, such as 1d (that of the source)",
    };

    private readonly Option<string[]> _parameters = new("--param")
    {
        Description = "with FILE.cs, repeatable: values of a parameter, as fast=5..50:5, fast=5,10 or fast=5",
    };

    private readonly Option<string?> _class = new("--class") { Description = "with FILE.cs: the strategy, if the file has several" };

    /// <param name="needs">Description of what the batch file has to have.</param>
    public BatchInput(CompositionRoot root, Command command, string needs)
    {
        _root = root;
        _file = new Argument<string>("BATCH.json|FILE.cs")
        {
            Description = $"{needs}, or a C# file with a strategy; 'backtest' also takes a file of bars, such as AAPL.csv",
        };
        command.Arguments.Add(_file);
        foreach (var option in Options) command.Add(option);
    }

    /// <summary>Whether a file of bars is taken too, for which a batch is written.</summary>
    public bool TakesBars { get; init; }

    private IReadOnlyList<Option> Options => [_source, _symbols, _timeframe, _parameters, _class];

    /// <summary>The path as it was given.</summary>
    public string File(ParseResult call) => call.GetValue(_file)!;

    /// <summary>Reads the input, and says on the error output what was guessed.</summary>
    /// <param name="binds">False if a server runs the batch.</param>
    /// <param name="silent">Whether guesses are not printed.</param>
    /// <exception cref="InputException">The file or an option is wrong.</exception>
    public async Task<BatchSpec> ReadAsync(ParseResult call, bool binds, bool silent, CancellationToken cancellationToken)
    {
        var (file, catalogues) = (File(call), _root.Catalogues(call));
        if (!StrategyFileReader.IsStrategyFile(file))
        {
            foreach (var option in Options)
                if (call.GetResult(option) is { Implicit: false })
                    throw new InputException($"{option.Name} is for a C# file with a strategy; {file} is a batch file, which has this in "
                        + "its sections data and strategies");
            if (BarsBatch.Is(file)) file = BatchOfBars(file, call, binds, silent);
            return new BatchReader(catalogues).Read(file, bindStrategies: binds);
        }
        var batch = await new StrategyFileReader(catalogues).ReadAsync(file, OptionsOf(call, binds), cancellationToken);
        if (!silent)
            foreach (var guess in batch.Guesses)
                Console.Error.WriteLine($"Guessed {guess}");
        return batch.Spec;
    }

    private string BatchOfBars(string file, ParseResult call, bool binds, bool silent)
    {
        if (!TakesBars)
            throw new InputException($"{file} has bars; 'granary backtest {file}' makes a batch file of them, which you can change");
        if (!binds)
            throw new InputException($"{file} has bars; --host needs a batch file, which the command writes without --host");
        return BarsBatch.Write(file, new BarFileForm().ToOptions(_root.Catalogues(call)), silent ? null : Console.Error);
    }

    private StrategyFileOptions OptionsOf(ParseResult call, bool binds) => new()
    {
        Source = call.GetValue(_source),
        Symbols = call.GetValue(_symbols) is { } symbols
            ? symbols.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [],
        Timeframe = call.GetValue(_timeframe),
        Parameters = call.GetValue(_parameters) ?? [],
        Class = call.GetValue(_class),
        Folder = Environment.CurrentDirectory,
        SampleSource = SampleSource,
        IsRemote = !binds,
    };

    // The bars that are beside the program.
    private static string? SampleSource => Path.Combine(AppContext.BaseDirectory, "samples", "data", "1h") is var folder
        && Directory.Exists(folder) ? "csv:" + folder : null;
}
