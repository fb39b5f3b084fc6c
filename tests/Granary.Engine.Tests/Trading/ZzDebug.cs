using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Tests.Portfolio;
using Granary.Engine.Trading;
namespace Granary.Engine.Tests.Trading;
public sealed class ZzDebug
{
    private sealed class Rec(PortfolioFollower follower, Action<string> log) : IRunListener
    {
        public List<(int Number, long Time, bool Entry, double Price, double Quantity, double Fee)> Fills { get; } = [];
        private readonly Dictionary<int, double> _open = [], _paid = [];
        private readonly HashSet<int> _followed = [];
        public void On(in RunEvent e)
        {
            follower.On(e);
            if (e.Kind is RunEventKinds.Signal) log($"{e.Kind} {e.Number} {new DateTime(e.Time):MM-dd HH} {e.Signal.Side} {e.Signal.Type} {e.Signal.Quantity:0.###} at {e.Signal.Price} byhand {e.Signal.IsByHand} atfill {e.Signal.AtFill} in {e.Signal.WorksIn} tif {e.Signal.TimeInForce}");
            else if (e.Kind is RunEventKinds.Order) log($"   order {e.Number} {e.Order.Role} {e.Order.Type} {e.Order.State} {e.Order.Side} {e.Order.Quantity:0.###} filled {e.Order.FilledQuantity:0.###} made {new DateTime(e.Time):MM-dd HH} {e.Order.Reason}");
            else if (e.Kind is RunEventKinds.Fill) log($"   S fill {e.Number} {new DateTime(e.Time):MM-dd HH} {(e.Fill.IsEntry ? "in" : "out")} {e.Fill.Quantity:0.###} @ {e.Fill.Price} byhand {e.Fill.IsByHand} {e.Fill.Reason} open {e.Fill.IsAtOpen}");
            else if (e.Kind is RunEventKinds.Trade) log($"   S trade {e.Number} {new DateTime(e.Time):MM-dd HH} {e.Trade.Quantity:0.###} @ {e.Trade.ExitPrice} {e.Trade.Reason}");
            else if (e.Kind is RunEventKinds.SignalEnded) log($"   S ended {e.Number} {new DateTime(e.Time):MM-dd HH} {e.SignalEnded.End}");
            else if (e.Kind is RunEventKinds.Exiting) log($"   S exiting {e.Number} {new DateTime(e.Time):MM-dd HH} {e.Exiting.Reason} {e.Exiting.Share} {e.Exiting.Type} in {e.Exiting.WorksIn} hand {e.Exiting.IsByHand}");
            else if (e.Kind is RunEventKinds.EntryEnded or RunEventKinds.EntryCut or RunEventKinds.Split) log($"   S {e.Kind} {e.Number} {new DateTime(e.Time):MM-dd HH}");
            if (e.Kind == RunEventKinds.Fill)
            {
                var f = e.Fill;
                _open[f.Number] = _open.GetValueOrDefault(f.Number) + (f.IsEntry ? f.Quantity : -f.Quantity);
                if (!f.IsEntry) _followed.Add(f.Number);
                Fills.Add((f.Number, f.Time, f.IsEntry, f.Price, f.Quantity, f.Commission));
            }
            if (e.Kind == RunEventKinds.Split) _open[e.Number] *= e.Split.Ratio;
            if (e.Kind == RunEventKinds.Trade && e.IsClosedTrade && !_followed.Contains(e.Number))
                Fills.Add((e.Number, e.Time, false, e.Trade.ExitPrice, _open[e.Number], 0));
        }
    }
    [Fact]
    public void Differences()
    {
        using var o = new StreamWriter("/tmp/diff.txt");
        var only = Environment.GetEnvironmentVariable("ZZ_SEED");
        foreach (var seed in only is null ? Enumerable.Range(1, 60) : [int.Parse(only)])
        {
            var (series, bars, settings, execution) = RealismPropertyTests.Given(seed);
            var portfolio = new PortfolioRun(settings.Cash, new PortfolioLimits(), [series.Instrument],
                [new PortfolioMember("it", [0], 1) { Timeframe = series.Timeframe, Settings = settings }], execution);
            if (series.Path is { } path) portfolio.Books.PathOf = (_, _) => path;
            var follower = new PortfolioFollower(portfolio, series.Timeframe, bars);
            var own = new List<(int Number, long Time, bool Entry, double Price, double Quantity, double Fee)>();
            var log = new List<string>();
            portfolio.ReportFills(f =>
            {
                log.Add($"                         P fill {f.Number} {new DateTime(f.Time):MM-dd HH} {f.Kind} {f.Quantity:0.###} @ {f.Price}");
                if (f.Kind is PortfolioFillKind.Entry or PortfolioFillKind.Exit) own.Add((f.Number, f.Time, f.Kind == PortfolioFillKind.Entry, f.Price, f.Quantity, f.Commission));
            });
            portfolio.Books.EndedUnfilled = (m, n, end, v) => log.Add($"                         P ended {n} {end}");
            var byHand = seed % 2 == 0 && execution.Fee.IsProportional && Environment.GetEnvironmentVariable("ZZ_NOHAND") is null;
            var rec = new Rec(follower, log.Add);
            SingleRun.Of(new RandomTrader(seed, byHand), series, bars, settings, execution, rec, 64);
            follower.End();
            var a = rec.Fills.OrderBy(f => f.Time).ThenBy(f => f.Number).ThenBy(f => !f.Entry).ThenBy(f => f.Price).ThenBy(f => f.Quantity).ToList();
            var b = own.OrderBy(f => f.Time).ThenBy(f => f.Number).ThenBy(f => !f.Entry).ThenBy(f => f.Price).ThenBy(f => f.Quantity).ToList();
            var i = 0;
            while (i < a.Count && i < b.Count && a[i].Number == b[i].Number && a[i].Time == b[i].Time && a[i].Entry == b[i].Entry && Math.Abs(a[i].Price - b[i].Price) < 1e-9 && Math.Abs(a[i].Quantity - b[i].Quantity) < 1e-6) i++;
            if (i == a.Count && i == b.Count) { o.WriteLine($"seed {seed} same {a.Count}"); continue; }
            string Show((int Number, long Time, bool Entry, double Price, double Quantity, double Fee) f) => $"#{f.Number} {new DateTime(f.Time):MM-dd HH} {(f.Entry ? "in" : "out")} {f.Quantity:0.###} @ {f.Price:0.####}";
            o.WriteLine($"seed {seed} {i}/{a.Count}/{b.Count} byHand {byHand} fill {execution.Fill} lat {execution.LatencyBars} vol {execution.VolumeShare > 0} tif {execution.EntryTimeInForce} lev {execution.Leverage} mnt {execution.Maintenance} path {execution.UsePath} prot {execution.ProtectFrom} size {settings.Size.Kind} slip {execution.Slippage} max {settings.MaxBars} acts {series.Instrument.CorporateActions.Count}");
            o.WriteLine($"    S {(i < a.Count ? Show(a[i]) : "-")}   P {(i < b.Count ? Show(b[i]) : "-")}");
            if (only is not null)
            {
                var t = Math.Min(i < a.Count ? a[i].Time : long.MaxValue, i < b.Count ? b[i].Time : long.MaxValue);
                var stamp = $"{new DateTime(t):MM-dd HH}";
                var at = log.FindIndex(l => l.Contains(stamp));
                for (var k = Math.Max(0, at - 30); k < Math.Min(log.Count, at + 30); k++) o.WriteLine(log[k]);
                var bi = Array.FindIndex(bars, x => x.Time == t);
                for (var k = Math.Max(0, bi - 2); k <= bi + 1 && k < bars.Length; k++) o.WriteLine(bars[k]);
            }
        }
    }
}
