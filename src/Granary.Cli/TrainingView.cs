using Granary.Cli.Tables;
using Granary.Contracts.Jobs;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Spectre.Console;

namespace Granary.Cli;

/// <summary>
/// Shows the progress of trainings: the number of trained windows, and for a search its best models so far. On a terminal it is a table
/// that is updated; in a pipe, a line for every fifth of the work, and the best models at the end of each rung of the search.
/// </summary>
internal sealed class TrainingView : IDisposable, IProgress<TrainingProgress>
{
    private static readonly Column[] Columns = [Column.Text("Best models so far"), Column.Number("Sharpe"),
        Column.Number("Return", "%"), Column.Number("Max drawdown", "%"), Column.Number("Trades")];

    private readonly Lock _lock = new();
    private readonly TextWriter _lines;
    private readonly ManualResetEventSlim? _ended;
    private readonly Task _screen = Task.CompletedTask;
    private string _text = "opening the bars";
    private IReadOnlyList<StrategyLeader> _leaders = [];
    private int _fifth;

    public TrainingView() : this(Console.Error,
        !Console.IsErrorRedirected && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive)
    {
    }

    /// <param name="lines">Receives the lines if there is no terminal.</param>
    internal TrainingView(TextWriter lines, bool isTerminal)
    {
        _lines = lines;
        if (!isTerminal) return;
        var ended = _ended = new ManualResetEventSlim();
        _screen = Task.Run(() => AnsiConsole.Live(new Markup(_text)).AutoClear(true).Start(context =>
        {
            while (!ended.Wait(200)) context.UpdateTarget(Screen());
        }));
    }

    public void Report(TrainingProgress value)
    {
        // A window trains for seconds. The total number of windows becomes known only market by market.
        var fifth = 5 * value.Done / Math.Max(1, value.Total);
        Show($"{Counted.Of(value.Done, "window")} trained, the last {value.Current}", value.Leaders,
            Interlocked.Exchange(ref _fifth, fifth) != fifth || value.Done <= 1);
    }

    /// <summary>Shows the progress as a sentence.</summary>
    /// <param name="leaders">The best models so far, the best first; null for none.</param>
    /// <param name="isDue">Whether to write the sentence as a line if there is no terminal.</param>
    public void Show(string text, IReadOnlyList<StrategyLeader>? leaders, bool isDue)
    {
        lock (_lock)
        {
            var isNew = leaders is { Count: > 0 } && !leaders.SequenceEqual(_leaders);
            (_text, _leaders) = (text, leaders ?? []);
            if (_ended is not null) return;
            if (isDue) _lines.WriteLine(text);
            if (isNew) TableWriter.Plain(_lines, "", Columns, Rows(_leaders));
        }
    }

    public void Dispose()
    {
        if (_ended is null || _ended.IsSet) return;
        _ended.Set();
        _screen.Wait();
        _ended.Dispose();
    }

    private Spectre.Console.Rows Screen()
    {
        lock (_lock)
        {
            var text = new Markup(Markup.Escape(_text));
            return _leaders.Count > 0 ? new Spectre.Console.Rows(text, TableWriter.Table(Columns, Rows(_leaders)))
                : new Spectre.Console.Rows(text);
        }
    }

    private static string[][] Rows(IReadOnlyList<StrategyLeader> leaders) => [.. leaders.Select(l => new[]
    {
        l.Id, Cell.Ratio(l.Sharpe ?? double.NaN), Cell.Percent(l.TotalReturn), Cell.Percent(l.MaxDrawdown), Cell.Count(l.Trades),
    })];
}
