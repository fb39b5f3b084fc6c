using System.Globalization;
using Granary.Contracts.Sessions;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Simulation.Keys;

namespace Granary.Trading.Live;

/// <summary>Reads what a command asks for by hand, from a request and from the command line.</summary>
internal static class HandKeys
{
    /// <returns>Null for a command that asks for nothing by hand.</returns>
    /// <exception cref="InputException">A value is missing, not allowed for the command, or outside of its range.</exception>
    public static HandRequest? Read(SessionCommand command, NewCommand order)
    {
        Check(command, order);
        if (command is not (SessionCommand.Protect or SessionCommand.Enter or SessionCommand.Reverse)
            && order is not ({ Quantity: not null } or { Preview: true })) return null;
        if (command is not (SessionCommand.Close or SessionCommand.Protect or SessionCommand.Enter or SessionCommand.Reverse))
            throw new InputException($"{SessionWords.Of(command)} has no preview; leave 'preview' out");
        return new HandRequest
        {
            Quantity = order.Quantity,
            Side = order.Side,
            Price = order.Price,
            Size = order.Size is { } size ? SizeOf(size) : null,
            Stop = order.Stop,
            Target = order.Target,
            Preview = order.Preview,
        };
    }

    private static void Check(SessionCommand command, NewCommand order)
    {
        var word = SessionWords.Of(command);
        var isEntry = command == SessionCommand.Enter;
        void Only(bool isAllowed, object? value, string name)
        {
            if (value is not null && !isAllowed) throw new InputException($"{word} takes no '{name}'; leave it out");
        }
        Only(command == SessionCommand.Close, order.Quantity, "quantity");
        Only(isEntry, order.Side, "side");
        Only(isEntry, order.Price, "price");
        Only(isEntry, order.Size, "size");
        var hasLevels = command is SessionCommand.Protect or SessionCommand.Enter or SessionCommand.Reverse;
        Only(hasLevels, order.Stop, "stop");
        Only(hasLevels, order.Target, "target");
        foreach (var (name, value) in new[] { ("quantity", order.Quantity), ("price", order.Price) })
            if (value is not (null or > 0 and < double.PositiveInfinity))
                throw new InputException($"'{name}' is {Text(value)}; it must be above 0");
        foreach (var (name, value) in new[] { ("stop", order.Stop), ("target", order.Target) })
            if (value is not (null or >= 0 and < double.PositiveInfinity))
                throw new InputException($"'{name}' is {Text(value)}; it is a price above 0, or 0 for none");
        if (command == SessionCommand.Protect && order is { Stop: null, Target: null })
            throw new InputException("protect needs a stop or a target; send 'stop' or 'target', with 0 to remove it");
        if (!isEntry) return;
        if (string.IsNullOrEmpty(order.Symbol)) throw new InputException("enter needs a symbol; send 'symbol'");
        if (order.Side is null) throw new InputException("enter needs a side; send 'side' as buy or sell");
        if (order.Size is null)
            throw new InputException("enter needs a size; send 'size' with one of units, percentOfEquity, cash, riskPercent");
    }

    private static string Text(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "null";

    private static SizeRule SizeOf(HandSize size)
    {
        (string Name, double? Value)[] given = [("units", size.Units), ("percentOfEquity", size.PercentOfEquity), ("cash", size.Cash),
            ("riskPercent", size.RiskPercent)];
        if (given.Count(g => g.Value is not null) != 1)
            throw new InputException("'size' needs one rule: units, percentOfEquity, cash or riskPercent");
        var (name, value) = given.First(g => g.Value is not null);
        return SizeKey.Of(name, value!.Value);
    }

    /// <summary>The command as a request.</summary>
    public static NewCommand Write(IssuedCommand command)
    {
        var hand = command.Hand;
        return new NewCommand(SessionWords.Of(command.Command), command.Why, command.Strategy, command.Symbol, command.Trade)
        {
            Quantity = hand?.Quantity,
            Side = hand?.Side,
            Price = hand?.Price,
            Size = hand?.Size is { } size ? Of(size.Kind, size.Value) : null,
            Stop = hand?.Stop,
            Target = hand?.Target,
            Preview = hand is { Preview: true },
        };
    }

    private static HandSize Of(SizeKind kind, double value) => kind switch
    {
        SizeKind.Units => new HandSize(Units: value),
        SizeKind.PercentOfEquity => new HandSize(PercentOfEquity: value),
        SizeKind.Cash => new HandSize(Cash: value),
        _ => new HandSize(RiskPercent: value),
    };

    /// <summary>Reads a size from the command line, such as <c>percentOfEquity=5</c>.</summary>
    /// <exception cref="InputException">It is no size.</exception>
    public static HandSize Parse(string text)
    {
        var parts = text.Split('=');
        if (parts.Length != 2 || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            throw new InputException($"--size {text}: a size is a rule with a number, such as percentOfEquity=5");
        return Of(SizeKey.Of(parts[0], value).Kind, value);
    }
}
