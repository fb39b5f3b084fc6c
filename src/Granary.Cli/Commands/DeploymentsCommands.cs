using System.CommandLine;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Contracts.Deployments;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Storage.Addresses;
using Granary.Trading.Deployments;

namespace Granary.Cli.Commands;

/// <summary><c>granary deployments list|add|show|enable|disable|switch|report</c>: production configurations by number.</summary>
internal sealed class DeploymentsCommands(CompositionRoot root)
{
    private readonly Option<string> _store = new("--store")
    {
        DefaultValueFactory = _ => "deployments",
        Description = "the folder of the deployments, or postgres://…",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json") { Description = "print the result as JSON" };
    private readonly Option<string> _why = new("--why") { DefaultValueFactory = _ => "", Description = "the reason, for the history" };
    private readonly Argument<int> _number = new("N") { Description = "the number of the deployment" };

    public static Command Create(CompositionRoot root)
    {
        var commands = new DeploymentsCommands(root);
        return new Command("deployments", "Production configurations by number, with the backtest that justified each.")
        {
            commands._store, commands.List(), commands.Add(), commands.Show(), commands.SetEnabled(true), commands.SetEnabled(false),
            DeploymentSwitchCommand.Create(root, commands._store), DeploymentReportCommand.Create(commands._store),
        };
    }

    internal static DeploymentBook Open(Address store) => DeploymentStores.OpenBook(store, TimeProvider.System);

    private DeploymentBook Open(ParseResult call) => Open(Address.Parse(call.GetValue(_store)!));

    private Command List()
    {
        var list = new Command("list", "All deployments.") { _json };
        list.SetAction(call =>
        {
            var book = Open(call);
            var history = book.History();
            var rows = book.All().Select(d => (Deployment: d, Disabled: book.Disabled(d.Number).Count, Last: history.LastOrDefault(e =>
                e.Number == d.Number && e.Action is DeploymentAction.Started or DeploymentAction.Switched))).ToList();
            if (call.GetValue(_json))
                Console.WriteLine(JsonSerializer.Serialize(rows.Select(r => Form(r.Deployment)), Output.Json));
            else
                TableWriter.Write("", [Column.Number("No."), Column.Text("Name"), Column.Number("Strategies"), Column.Number("Disabled"),
                    Column.Number("Sharpe"), Column.Text("Checks"), Column.Text("Added (UTC)"), Column.Text("By"), Column.Text("Why"),
                    Column.Text("Last traded by")], rows.Select(r => new[]
                {
                    Cell.Count(r.Deployment.Number), r.Deployment.Name, Cell.Count(DeploymentMember.Of(r.Deployment).Count),
                    Cell.Count(r.Disabled), Cell.Figure(r.Deployment.Backtest.Statistics.GetValueOrDefault("sharpe", double.NaN)),
                    r.Deployment.FailedChecks.Count == 0 ? "passed" : "failed", Time(r.Deployment.AddedAt),
                    r.Deployment.Who, r.Deployment.Why, r.Last?.Account ?? "",
                }), $"{book.Store} has no deployments; 'granary deployments add PROD.json' adds one");
            return 0;
        });
        return list;
    }

    private Command Add()
    {
        var file = new Argument<string>("PROD.json") { Description = "the configuration that a backtest wrote" };
        var run = new Option<string?>("--run") { Description = "the folder of the backtest (the folder of PROD.json)" };
        var add = new Command("add", "Add a configuration as the next number.") { file, run, _why, _json };
        add.SetAction(call =>
        {
            var path = call.GetValue(file)!;
            var production = new ProductionReader(root.Catalogues(call)).Read(path);
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var backtest = JustifyingRun.Read(call.GetValue(run) ?? folder, production, path);
            var deployment = Open(call).Add(production, File.ReadAllBytes(path), DataFolder.Of(folder), backtest, Environment.UserName,
                call.GetValue(_why)!);
            if (call.GetValue(_json)) Console.WriteLine(JsonSerializer.Serialize(Form(deployment), Output.Json));
            else Console.WriteLine($"Deployment {deployment.Number}: {deployment.Name}");
            foreach (var reason in deployment.FailedChecks) Output.Marked("Check", reason);
            return 0;
        });
        return add;
    }

    private Command Show()
    {
        var show = new Command("show", "A deployment: its strategies, the backtest that justified it, its history.") { _number, _json };
        show.SetAction(call =>
        {
            var book = Open(call);
            var deployment = book.Get(call.GetValue(_number));
            var (disabled, history) = (book.Disabled(deployment.Number), book.History(deployment.Number));
            if (call.GetValue(_json))
            {
                Console.WriteLine(JsonSerializer.Serialize(new
                {
                    Deployment = Form(deployment),
                    Strategies = DeploymentMember.Of(deployment).Select(m =>
                        new { m.Id, m.Weight, m.Symbols, Enabled = !disabled.ContainsKey(m.Id) }),
                    History = history.Select(Form),
                }, Output.Json));
                return 0;
            }
            Console.WriteLine($"Deployment {deployment.Number}: {deployment.Name}, added by {deployment.Who}");
            Console.WriteLine($"Backtest {deployment.Backtest.Run}, digest {deployment.Backtest.Digest}");
            TableWriter.Write("", [Column.Text("Strategy"), Column.Text("Symbols"), Column.Number("Weight"), Column.Text("Entries")],
                DeploymentMember.Of(deployment).Select(m => new[] { m.Id, string.Join(" ", m.Symbols), Cell.Figure(m.Weight),
                    disabled.TryGetValue(m.Id, out var e) ? $"disabled by {e.Who}{(e.Why.Length > 0 ? ": " + e.Why : "")}" : "enabled" }));
            TableWriter.Write("", [Column.Text("Time (UTC)"), Column.Text("What"), Column.Text("By"), Column.Text("About"),
                Column.Text("Why")],
                history.Select(e => new[] { Time(e.At), Word(e), e.Who,
                    string.Join(" ", new[] { e.Strategy, e.Symbol, e.Account, e.Policy }.Where(t => t.Length > 0)), e.Why }));
            return 0;
        });
        return show;
    }

    private Command SetEnabled(bool enabled)
    {
        var strategy = new Option<string?>("--strategy") { Description = "the strategy's id" };
        var symbol = new Option<string?>("--symbol") { Description = "the symbol; applies to all its strategies" };
        var command = new Command(enabled ? "enable" : "disable", enabled ? "Allow entries of a strategy or a pair again."
            : "Stop entries of a strategy or a pair, also in running sessions; exits, stops and targets remain active.")
        { _number, strategy, symbol, _why };
        command.SetAction(call =>
        {
            var (id, pair) = (call.GetValue(strategy) ?? "", call.GetValue(symbol) ?? "");
            if (id.Length > 0 == pair.Length > 0) throw new InputException("give either --strategy or --symbol");
            Open(call).SetEnabled(call.GetValue(_number), enabled, id, pair, Environment.UserName, call.GetValue(_why)!);
            Console.WriteLine($"{(enabled ? "Enabled" : "Disabled")} {id}{pair} in deployment {call.GetValue(_number)}; "
                + "running sessions apply it within a second");
            return 0;
        });
        return command;
    }

    private static object Form(Deployment d) => new
    {
        d.Number,
        d.Name,
        d.Hash,
        AddedAt = Time(d.AddedAt),
        d.Who,
        d.Why,
        d.FailedChecks,
        Backtest = new { d.Backtest.Run, d.Backtest.Digest, d.Backtest.Statistics, Days = d.Backtest.Days.Count },
    };

    private static object Form(DeploymentEvent e) => new
    {
        e.Sequence,
        At = Time(e.At),
        Action = Word(e),
        e.Who,
        e.Why,
        e.Strategy,
        e.Symbol,
        e.Account,
        e.Run,
        e.Policy,
    };

    private static string Time(DateTimeOffset at) => RunText.Time(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerSecond);

    private static string Word(DeploymentEvent e) => e.Action.ToString().ToLowerInvariant();
}
