using Granary.Cli.Tables;
using Granary.Modelling.Weighting;
using Granary.Reinforcement.Training;
using Spectre.Console;

namespace Granary.Cli.Reinforcement;

/// <summary>
/// Shows the learning curves of running trainings. On a terminal it is a table with the newest figures of each training; in a pipe, a line
/// for every fifth of a training. The allocators of a batch have many trainings: the table then has the newest figures of each window, and
/// a line is written at the end of each training.
/// </summary>
internal sealed class ReinforceView : IDisposable, IProgress<AllocatorProgress>
{
    private static readonly Column[] Columns = [Column.Text("Training"), Column.Number("Steps"), Column.Number("Reward"),
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
        var fifth = 5 * progress.Done / progress.Updates;
        Show(progress.Seed, $"seed {progress.Seed}", progress.Point, () =>
        {
            if (_fifths.GetValueOrDefault(progress.Seed) == fifth) return false;
            _fifths[progress.Seed] = fifth;
            return true;
        });
    }

    public void Report(AllocatorProgress value) =>
        Show(value.Window, $"window {value.Window} of {value.Windows}, seed {value.Seed}", value.Point, () => value.IsLast);

    private void Show(long row, string name, TrainingCurvePoint point, Func<bool> isDue)
    {
        if (_isSilent) return;
        string[] cells = [name, Cell.Count(point.Steps), Cell.Ratio(point.Reward), Cell.Figure(point.Entropy),
            Cell.Figure(point.ApproxKl), Cell.Percent(point.ClipFraction), Cell.Figure(point.ExplainedVariance)];
        lock (_lock)
        {
            _rows[row] = cells;
            if (_ended is not null || !isDue()) return;
            Console.Error.WriteLine($"{cells[0]}: {cells[1]} steps, reward {cells[2]}, entropy {cells[3]}, KL {cells[4]}, "
                + $"clipped {cells[5]} %, explained variance {cells[6]}");
        }
    }

    public void Dispose()
    {
        if (_ended is null || _ended.IsSet) return;
        _ended.Set();
        _screen.Wait();
    }
}
