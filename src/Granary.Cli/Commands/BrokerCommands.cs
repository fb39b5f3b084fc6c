using System.CommandLine;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;
using Granary.Trading.Live;

namespace Granary.Cli.Commands;

/// <summary><c>granary broker list</c> and <c>granary broker check</c>.</summary>
internal static class BrokerCommands
{
    public static Command Create(CompositionRoot root) =>
        new("broker", "Brokers that trade the accounts of live sessions.") { List(root), Check(root) };

    private static Command List(CompositionRoot root)
    {
        var json = new Option<bool>("--json") { Description = "print the brokers as JSON" };
        var list = new Command("list", "List the brokers of --broker with their options and what they can trade.") { json };
        list.SetAction(call =>
        {
            var brokers = root.Catalogues(call).Brokers.All.Select(b => (Definition: b, Can: CapabilitiesOf(b))).ToList();
            if (call.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(brokers.Select(b => new
                {
                    b.Definition.Name,
                    b.Definition.Summary,
                    Options = b.Definition.Parameters.Select(p => new { p.Name, p.Default }),
                    Capabilities = b.Can is null ? null : Form(b.Can),
                }), Output.Json));
            else
                TableWriter.Write("", [Column.Text("Broker"), Column.Text("Parameters: default (range)"), Column.Text("Trades"),
                    Column.Text("What it is")], brokers.Select(b => new[] { b.Definition.Name, Parameters(b.Definition.Parameters),
                    b.Can is null ? "" : Words(b.Can), b.Definition.Summary }));
            return 0;
        });
        return list;
    }

    // A broker whose options have no defaults can be created only with options.
    private static BrokerCapabilities? CapabilitiesOf(BrokerDefinition definition)
    {
        try
        {
            return definition.Create(new Dictionary<string, string>()).Capabilities;
        }
        catch (InputException)
        {
            return null;
        }
    }

    private static Command Check(CompositionRoot root)
    {
        var name = new Argument<string>("BROKER") { Description = "a broker of 'granary broker list'" };
        var production = new Argument<string?>("PROD.json")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "a configuration; checks whether the broker can trade it",
        };
        var endpoint = new Option<string?>("--endpoint") { Description = "the address of the exchange, for testnets" };
        var options = new Option<string?>("--broker-options")
        {
            Description =
            "options of the broker: key=value,key=value, or a JSON object"
        };
        var symbols = new Option<string[]>("--symbols") { Description = "instruments to check", AllowMultipleArgumentsPerToken = true };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var check = new Command("check", "Connect to a broker, read clock, permissions, balances and instruments, and send no order.")
        {
            name, production, endpoint, options, symbols, json,
        };
        check.SetAction(async (call, token) =>
        {
            var catalogues = root.Catalogues(call);
            var session = new SessionOptions
            {
                Feed = Address.Parse(""),
                Broker = call.GetValue(name)!,
                Endpoint = call.GetValue(endpoint),
                BrokerOptions = call.GetValue(options),
            };
            var factory = session.CreateBroker(catalogues.Brokers);
            var spec = call.GetValue(production) is { } file ? new ProductionReader(catalogues).Read(file).Spec : null;
            var faults = spec is null ? [] : BrokerFit.Faults(session.Broker, factory.Capabilities, spec);
            var wanted = call.GetValue(symbols) is { Length: > 0 } given ? given : spec?.Data.Symbols ?? [];
            var found = await ConnectAsync(factory, wanted, token);
            if (spec is not null && found is not null)
                faults = [.. faults.Union(BrokerFit.Faults(session.Broker, found.Instruments, spec), StringComparer.Ordinal)];
            if (call.GetValue(json)) WriteJson(session.Broker, factory.Capabilities, found, faults);
            else Show(session.Broker, factory.Capabilities, found, faults);
            return faults.Count == 0 ? 0 : 2;
        });
        return check;
    }

    private static async Task<BrokerCheck?> ConnectAsync(IBrokerFactory factory, IReadOnlyList<string> symbols, CancellationToken token)
    {
        try
        {
            return await factory.CheckAsync(symbols, TimeProvider.System, token);
        }
        catch (BrokerUnavailableException e)
        {
            throw new ServiceUnavailableException($"{e.Message.TrimEnd('.')}; try again later, or correct --endpoint", e);
        }
    }

    private static void WriteJson(string broker, BrokerCapabilities can, BrokerCheck? found, IReadOnlyList<string> faults) =>
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            Broker = broker,
            Capabilities = Form(can),
            found?.Endpoint,
            ClockSkewMs = found?.ClockSkew.TotalMilliseconds,
            found?.Permissions,
            found?.Balances,
            found?.OpenOrders,
            Instruments = found?.Instruments.Select(i => new
            {
                i.Symbol,
                i.VenueSymbol,
                i.Instrument.TickSize,
                i.Instrument.LotSize,
                i.Instrument.MinQuantity,
                i.Instrument.MinNotional,
                i.Capabilities.Leverage,
            }),
            found?.Notes,
            Faults = faults,
        }, Output.Json));

    private static void Show(string broker, BrokerCapabilities can, BrokerCheck? found, IReadOnlyList<string> faults)
    {
        Console.WriteLine($"{broker}: {Words(can)}");
        if (found is null)
        {
            Console.WriteLine($"{broker} needs no connection");
        }
        else
        {
            Console.WriteLine(FormattableString.Invariant(
                $"{found.Endpoint} answers; its clock differs by {found.ClockSkew.TotalMilliseconds:0} ms"));
            var permissions = found.Permissions.Count > 0 ? string.Join(", ", found.Permissions) : "not reported by the exchange";
            Console.WriteLine($"The key may: {permissions}");
            TableWriter.Write("", [Column.Text("Currency"), Column.Text("Balance")],
                found.Balances.OrderBy(b => b.Key, StringComparer.Ordinal).Select(b =>
                    new[] { b.Key, Digits.Text(b.Value, null) }));
            TableWriter.Write("", [Column.Text("Symbol"), Column.Text("Listed as"), Column.Text("Tick"), Column.Text("Lot"),
                Column.Text("Smallest order")], found.Instruments.Select(i => new[] { i.Symbol, i.VenueSymbol,
                Digits.Text(i.Instrument.TickSize, null), Digits.Text(i.Instrument.LotSize, null),
                $"{Digits.Text(i.Instrument.MinQuantity, null)}, worth {Digits.Text(i.Instrument.MinNotional, null)} "
                    + i.Instrument.Currency }));
            if (found.OpenOrders > 0) Console.WriteLine($"Open orders: {found.OpenOrders}");
            foreach (var note in found.Notes) Output.Marked("Note", note);
        }
        foreach (var fault in faults) CommandLine.Complain(fault);
    }

    private static object Form(BrokerCapabilities can) => new
    {
        can.Short,
        can.Leverage,
        OrderTypes = can.OrderTypes.Select(t => t.Word()),
        can.RestingStops,
        can.ReduceOnly,
        can.DeadManSwitch,
        can.OrdersPerMinute,
    };

    private static string Words(BrokerCapabilities can) => string.Join(", ", new[]
    {
        can.Short ? "long and short" : "long only",
        can.Leverage switch { 1 => "no leverage", 0 => "leverage of the account", var most =>
            FormattableString.Invariant($"leverage to {most}") },
        string.Join(" ", can.OrderTypes.Select(t => t.Word())) + " orders",
        can.RestingStops ? "stops rest at the venue" : "stops need the session",
        can.DeadManSwitch ? "dead-man switch" : "",
    }.Where(w => w.Length > 0));

    internal static string Parameters(IReadOnlyList<DeclaredKey> parameters) => string.Join(", ", parameters.Select(p =>
        FormattableString.Invariant($"{p.Name} {(p.Default is "" ? "none" : p.Default ?? "needed")}") + (double.IsInfinity(p.Minimum) ? ""
            : FormattableString.Invariant($" ({p.Minimum}…{p.Maximum})"))));
}
