using System.CommandLine;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Simulation.Keys;

namespace Granary.Cli.Commands;

/// <summary>The options of a record as options of a command.</summary>
internal sealed class OptionBinding<T> where T : class
{
    private readonly Dictionary<RecordKey, (Option Option, Func<ParseResult, object?> Read)> _options = [];

    /// <summary>Adds an option for each option of the record.</summary>
    public OptionBinding(Command command)
    {
        foreach (var of in RecordKeys<T>.All)
        {
            var (option, _) = _options[of] = Bind(of);
            option.Required = of.IsRequired;
            option.Description = of.Help;
            command.Add(option);
        }
    }

    /// <exception cref="InputException">A text is not a valid value of its option.</exception>
    public T Read(ParseResult call)
    {
        var given = RecordKeys<T>.Create(of => _options[of].Read(call));
        return given is IKeyFaults { KeyFaults: var faults } && faults.FirstOrDefault() is { Fault: { } fault } first
            ? throw new InputException($"{RecordKeys<T>.All.First(k => k.Name == first.Key).Flag}: {fault}") : given;
    }

    private static (Option Option, Func<ParseResult, object?> Read) Bind(RecordKey of)
    {
        if (of.Type == typeof(bool))
        {
            var flag = new Option<bool>(of.Flag);
            return (flag, call => call.GetValue(flag));
        }
        if (of.Type == typeof(int) && of.Words.Count == 0) return Number<int>(of);
        if (of.Type == typeof(double)) return Number<double>(of);
        if (of.Type == typeof(long) && !of.IsTime) return Number<long>(of);
        var text = new Option<string?>(of.Flag);
        if ((of.DefaultText ?? (of.IsNumber ? of.Words.FirstOrDefault() : null)) is { } value) text.DefaultValueFactory = _ => value;
        return (text, call => call.GetValue(text) is { } given && !of.IsWordForDefault(given) ? of.Read(of.Flag, given) : null);
    }

    private static (Option Option, Func<ParseResult, object?> Read) Number<TValue>(RecordKey of) where TValue : struct
    {
        var option = new Option<TValue?>(of.Flag);
        if (of.Default is TValue value && !of.IsRequired) option.DefaultValueFactory = _ => value;
        return (option, call => call.GetValue(option) is { } given ? of.Check(of.Flag, given) : null);
    }
}
