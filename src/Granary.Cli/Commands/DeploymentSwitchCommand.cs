using System.CommandLine;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Engine.Trading;
using Granary.Storage.Addresses;
using Granary.Trading.Handover;
using Granary.Trading.Live;

namespace Granary.Cli.Commands;

/// <summary><c>granary deployments switch</c>: hands an account over to a different deployment.</summary>
internal static class DeploymentSwitchCommand
{
    public static Command Create(CompositionRoot root, Option<string> store)
    {
        var number = new Argument<int>("N") { Description = "the number of the deployment that the account will trade" };
        var state = new Option<string>("--state")
        {
            Required = true,
            Description = "the --state of its sessions: a folder or postgres://…"
        };
        var account = new Option<string?>("--account") { Description = "the account's name in the journal (the configuration's)" };
        var policy = new Option<string>("--policy")
        {
            DefaultValueFactory = _ => "keep",
            Description = "open trades: keep (those of strategies that do not change), wind-down, or close (at the next start)",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "only show how each open trade would be handled" };
        var why = new Option<string>("--why") { DefaultValueFactory = _ => "", Description = "the reason, for journal and history" };
        var json = new Option<bool>("--json") { Description = "print the plan as JSON" };
        var command = new Command("switch", "Hand an account over to a deployment; its session must be stopped.")
        {
            number, state, account, policy, dryRun, why, json,
        };
        command.SetAction(async (call, token) =>
        {
            var book = DeploymentsCommands.Open(Address.Parse(call.GetValue(store)!));
            var how = PolicyWords.Parse(call.GetValue(policy)!);
            var name = call.GetValue(account) ?? book.Get(call.GetValue(number)).Name;
            var accounts = new AccountSwitch(book, AccountStores.Open(Address.Parse(call.GetValue(state)!), one: true), name, root
                .Catalogues(call),
                TimeProvider.System);
            var only = call.GetValue(dryRun);
            var plan = only ? await accounts.PlanAsync(call.GetValue(number), how, token)
                : await accounts.SwitchAsync(call.GetValue(number), how, Environment.UserName, call.GetValue(why)!, token);
            if (call.GetValue(json)) WriteJson(plan, only);
            else Write(plan, only, name);
            return 0;
        });
        return command;
    }

    private static void WriteJson(SwitchPlan plan, bool dryRun) => Console.WriteLine(JsonSerializer.Serialize(new
    {
        From = plan.From.Number,
        To = plan.To.Number,
        Policy = PolicyWords.Of(plan.Policy),
        DryRun = dryRun,
        AlreadyDone = plan.IsDone,
        plan.NewSymbols,
        Trades = plan.Steps.Select(s => new
        {
            s.Strategy,
            s.Symbol,
            Side = Side(s),
            s.Quantity,
            s.EntryPrice,
            s.Profit,
            Handling = JsonNamingPolicy.KebabCaseLower.ConvertName(s.Handling.ToString()),
            s.What,
        }),
    }, Output.Json));

    private static void Write(SwitchPlan plan, bool dryRun, string account)
    {
        if (plan.IsDone)
        {
            Console.WriteLine($"{account} trades deployment {plan.To.Number} already");
            return;
        }
        Console.WriteLine($"{account}: deployment {plan.From.Number} → {plan.To.Number}, policy {PolicyWords.Of(plan.Policy)}");
        TableWriter.Write("", [Column.Text("Strategy"), Column.Text("Symbol"), Column.Text("Side"), Column.Number("Quantity"),
            Column.Number("Entry"), Column.Number("Unrealised"), Column.Text("Handling")], plan.Steps.Select(s => new[]
        {
            s.Strategy, s.Symbol, Side(s), Cell.Figure(s.Quantity), s.EntryPrice > 0 ? Cell.Figure(s.EntryPrice) : "waits",
            s.Profit is { } profit ? Cell.Figure(profit) : "", s.What,
        }), "nothing is open");
        if (plan.NewSymbols.Count > 0)
            Output.Marked("Note", $"{string.Join(", ", plan.NewSymbols)}: new to the account; its factors start without earlier bars");
        Console.WriteLine(dryRun ? "Nothing was changed (--dry-run)"
            : $"Switched; 'granary live --deployments … --deployment {plan.To.Number} --state …' continues with the account");
    }

    private static string Side(SwitchStep step) => step.Side == Engine.Trading.Side.Buy ? "long" : "short";
}
