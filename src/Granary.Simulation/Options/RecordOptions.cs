using System.ComponentModel;
using Granary.Simulation.Json;

namespace Granary.Simulation.Options;

/// <summary>
/// Defines options by the properties of a record. The command line, the HTTP API and stored requests use it, so a new option is a new
/// property.
/// </summary>
/// <typeparam name="T">A record with a parameterless constructor.</typeparam>
public static class RecordOptions<T> where T : class
{
    /// <summary>All options in the order of the source; those of the base record come first.</summary>
    public static IReadOnlyList<RecordOption> All { get; } = List();

    /// <summary>Creates a record from the given values; missing options use their defaults.</summary>
    /// <param name="read">Returns the value of an option; null if it is not given.</param>
    public static T Create(Func<RecordOption, object?> read)
    {
        var record = Activator.CreateInstance<T>();
        foreach (var option in All)
            if (read(option) is { } value)
                option.Set(record, value);
        return record;
    }

    /// <summary>Reads a JSON object whose keys are options.</summary>
    /// <exception cref="InputException">A key is unknown, a required one is missing, or a value has the wrong type.</exception>
    /// <param name="besides">Additional keys that the object may have.</param>
    public static T Read(JsonPart part, params IEnumerable<string> besides)
    {
        part.Only([.. All.Select(o => o.Key), .. besides]);
        return Create(o => (o.IsRequired ? part.Need(o.Key) : part.Find(o.Key)) is { } value ? o.Read(value) : null);
    }

    private static RecordOption[] List()
    {
        var defaults = Activator.CreateInstance<T>();
        var types = new Stack<Type>();
        for (var type = typeof(T); type is not null && type != typeof(object); type = type.BaseType) types.Push(type);
        return [.. types.SelectMany(t => t.GetProperties(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public
            | System.Reflection.BindingFlags.DeclaredOnly)).Where(p => p.IsDefined(typeof(DescriptionAttribute), inherit: false))
            .OrderBy(p => p.DeclaringType == typeof(T)).ThenBy(p => p.MetadataToken).Select(p => new RecordOption(p, defaults))];
    }
}
