using Granary.Application.Reinforcement;
using Granary.Cli.Tables;
using Spectre.Console;

namespace Granary.Cli;

/// <summary>
/// The curves of a training while it runs: a table of the newest figures of each seed on a terminal, a line for every fifth of a training
/// in a pipe.
/// </summary>
internal sealed class ReinforceView : IDisposable
{
    private static readonly Column[] Columns = [Column.Number("Seed"), Column.Number("Steps"), Column.Number("Reward"),
        Column.Number("Entropy"), Column.Number("KL"), Column.Number("Clipped", "%"), Column.Number("Explained variance")];

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, string[]> _rows = [];
    private readonly Dictionary<long, long> _fifths = [];
    private readonly ManualResetEventSlim? _ended;
    private readonly Task _screen = Task.CompletedTask;
    private readonly bool _isSilent;

    public ReinforceView(bool isSilent)
    {
        _isSilent = isSilent;
        if (isSilent || Console.IsErrorRedirected || Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive) return;
        var ended = _ended = new ManualResetEventSlim();
        _screen = Task.Run(() => AnsiConsole.Live(new Markup("")).AutoClear(true).Start(context =>
        {
            while (!ended.Wait(200))
            {
                lock (_lock)
                    if (_rows.Count > 0)
                        context.UpdateTarget(TableWriter.Table(Columns, [.. _rows.Values]));
            }
        }));
    }

    public void Report(ReferenceProgress progress)
    {
        if (_isSilent) return;
        var point = progress.Point;
        string[] row = [Cell.Count(progress.Seed), Cell.Count(point.Steps), Cell.Ratio(point.Reward), Cell.Figure(point.Entropy),
            Cell.Figure(point.ApproxKl), Cell.Percent(point.ClipFraction), Cell.Figure(point.ExplainedVariance)];
        lock (_lock)
        {
            _rows[progress.Seed] = row;
            if (_ended is not null) return;
            var fifth = 5 * progress.Done / progress.Updates;
            if (_fifths.GetValueOrDefault(progress.Seed) == fifth) return;
            _fifths[progress.Seed] = fifth;
            Console.Error.WriteLine($"seed {progress.Seed}: {row[1]} steps, reward {row[2]}, entropy {row[3]}, KL {row[4]}, "
                + $"clipped {row[5]} %, explained variance {row[6]}");
        }
    }

    public void Dispose()
    {
        if (_ended is null || _ended.IsSet) return;
        _ended.Set();
        _screen.Wait();
    }
}
