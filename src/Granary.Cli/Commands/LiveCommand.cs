using System.CommandLine;
using System.Text.Json;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.RunFolders;
using Granary.Trading.Live;

namespace Granary.Cli.Commands;

/// <summary><c>granary live PROD.json</c>, in this process or on a server.</summary>
internal static class LiveCommand
{
    public static Command Create(CompositionRoot root)
    {
        var production = new Argument<string?>("PROD.json")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "the configuration that a backtest wrote; without it, give --deployment",
        };
        var command = new Command("live", "Trade a production configuration: the code of the backtest, on a feed.") { production };
        var options = new OptionBinding<LiveRequest>(command);
        var host = new Option<string?>("--host")
        {
            Description = "address of a cluster or of granary serve that trades it, such as http://silo:8080 (this process); the server "
                + "then has state and weights",
        };
        var quiet = new Option<bool>("--quiet") { Description = "print only faults" };
        var json = new Option<bool>("--json") { Description = "print the outcome as JSON" };
        command.Add(host);
        command.Add(quiet);
        command.Add(json);
        command.SetAction(async (call, token) =>
        {
            var request = WithProduction(options.Read(call), call.GetValue(production));
            if (call.GetValue(host) is { } hosts)
                return await new RemoteLive(root, hosts).RunAsync(Remote(request, root, call), request.Out, call.GetValue(quiet),
                    call.GetValue(json), token);
            request.Check();
            var silent = call.GetValue(quiet) || call.GetValue(json);
            var run = await LiveView.ShowAsync(silent, status => LiveSession.RunAsync(request with { Status = status },
                root.Catalogues(call), TimeProvider.System, token));
            if (call.GetValue(json)) WriteJson(run);
            else if (!silent) LiveView.Ended(run);
            return 0;
        });
        return command;
    }

    private static LiveRequest WithProduction(LiveRequest request, string? file)
    {
        if (file is not null && request.Deployment is not null)
            throw new InputException("PROD.json and --deployment both name a configuration; give one of them");
        return file is not null ? request with { Production = file }
            : request.Deployment is { } number ? request with { Production = $"deployment {number}" }
            : throw new InputException("give the path of a PROD.json, or --deployments STORE --deployment N");
    }

    private static SessionStart Remote(LiveRequest request, CompositionRoot root, ParseResult call)
    {
        foreach (var (given, name) in new[] { (request.State, "--state"), (request.Weights, "--weights") })
            if (given is not null)
                throw new InputException($"{name} is a setting of the server of --host; leave it out");
        request.Check();
        if (request.Deployment is { } number)
        {
            var deployment = DeploymentsCommands.Open(request.Deployments!).Get(number);
            return new SessionStart(request, deployment.Text(), request.Production,
                deployment.Folder);
        }
        return new SessionStart(request, RemoteLive.Read(request.Production, root.Catalogues(call)),
            request.Production, DataFolder.Of(Path.GetDirectoryName(Path.GetFullPath(request.Production))!));
    }

    private static void WriteJson(LiveRun run) => Console.WriteLine(JsonSerializer.Serialize(new
    {
        Run = run.Run.Folder,
        Seconds = Math.Round(run.Run.Model.Seconds, 4),
        run.Run.Model.Digest,
        Strategies = run.Run.Model.Strategies.Count,
        run.Run.Trades,
        run.Run.Report,
        run.Status.Bars,
        AccountTrades = run.Ledger.Trades.Count,
        Orders = run.Ledger.TrackedOrders.Count,
        run.Ledger.Fills,
        run.Status.AccountEquity,
        run.Status.ModelEquity,
        BacktestEquity = run.Against?.Equity,
        SameAsBacktest = run.Against?.IsSame,
        Against = run.Against?.Sentence,
    }, Output.Json));
}
