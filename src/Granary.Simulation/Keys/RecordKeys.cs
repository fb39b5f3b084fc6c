using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Simulation.Json;

namespace Granary.Simulation.Keys;

/// <summary>
/// The keys of a record, each defined by a property. Files, the command line, the HTTP API, schemas and documents follow from them, so a
/// new key is a new property.
/// </summary>
/// <typeparam name="T">A record with a parameterless constructor.</typeparam>
internal static class RecordKeys<T> where T : class
{
    /// <summary>All keys in the order of the source; the base record's come first.</summary>
    public static IReadOnlyList<RecordKey> All { get; } = [.. RecordKeys.Of(typeof(T))];

    /// <summary>Whether there is a key of this name, whatever its case.</summary>
    public static bool Has(string name) => All.Any(key => key.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Creates a record from the given values; missing keys have their defaults.</summary>
    /// <param name="read">Returns the value of a key; null if it is not given.</param>
    public static T Create(Func<RecordKey, object?> read)
    {
        var record = Activator.CreateInstance<T>();
        foreach (var key in All)
            if (read(key) is { } value)
                key.Set(record, value);
        return record;
    }

    /// <summary>Reads a JSON object.</summary>
    /// <exception cref="InputException">A key is unknown, a required one is missing, or a value has the wrong type.</exception>
    /// <param name="besides">Additional keys that the object may have.</param>
    public static T Read(JsonPart part, params IEnumerable<string> besides) => (T)RecordKeys.Read(typeof(T), All, part, besides);

    /// <summary>Sets the keys that an object has; it may have others.</summary>
    /// <param name="record">A new record, whose values stay where the object has no key.</param>
    /// <exception cref="InputException">A required key is missing, or a value has the wrong type.</exception>
    public static T ReadInto(T record, JsonPart part)
    {
        RecordKeys.ReadInto(record, part, All);
        return record;
    }

    /// <summary>Writes the keys so that reading restores them: those without the default, and those that are always written.</summary>
    public static void Write(Utf8JsonWriter json, T record) => RecordKeys.Write(json, record, All);
}

/// <summary>The keys of records whose type is known at run time only.</summary>
internal static class RecordKeys
{
    /// <inheritdoc cref="RecordKeys{T}.All"/>
    public static IReadOnlyList<RecordKey> Of(Type record)
    {
        var defaults = Activator.CreateInstance(record)!;
        var types = new Stack<Type>();
        for (var type = record; type is not null && type != typeof(object); type = type.BaseType) types.Push(type);
        return [.. types.SelectMany(t => t.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(p => p.IsDefined(typeof(KeyAttribute), inherit: false))
            .OrderBy(p => p.DeclaringType == record).ThenBy(p => p.PlaceInSource()).Select(p => new RecordKey(p, defaults))];
    }

    /// <summary>Reads a JSON object as a new record, or text as its <see cref="ShortFormAttribute"/>.</summary>
    /// <param name="besides">Additional keys that the object may have.</param>
    /// <exception cref="InputException">A key is unknown, a required one is missing, or a value has the wrong type.</exception>
    internal static object Read(Type type, IReadOnlyList<RecordKey> keys, JsonPart part, params IEnumerable<string> besides)
    {
        var record = Activator.CreateInstance(type)!;
        if (part.Kind == JsonValueKind.String && type.GetCustomAttribute<ShortFormAttribute>() is { } form)
        {
            var key = keys.First(k => k.Name == form.Key);
            key.Set(record, key.Read(part));
            Check(record, part);
            return record;
        }
        part.Only([.. keys.Select(k => k.Name), .. besides]);
        ReadInto(record, part, keys);
        return record;
    }

    internal static void ReadInto(object record, JsonPart part, IReadOnlyList<RecordKey> keys)
    {
        foreach (var key in keys)
            if ((key.IsRequired ? part.Need(key.Name) : part.Find(key.Name)) is { } value)
                key.Set(record, key.Read(value));
        Check(record, part);
    }

    private static void Check(object record, JsonPart part)
    {
        if (record is not IKeyFaults checkedKeys) return;
        // A wrong kind makes all other keys wrong.
        if (record.GetType().GetCustomAttribute<ShortFormAttribute>() is { } form && part.Find(form.Key) is { IsFaulty: true }) return;
        foreach (var (key, fault) in checkedKeys.KeyFaults)
            if ((part.Find(key) ?? part) is { IsFaulty: false } place)
                place.Wrong(fault, 0);
    }

    internal static void Write(Utf8JsonWriter json, object record, IReadOnlyList<RecordKey> keys)
    {
        foreach (var key in keys)
        {
            if (key.IsUsual(record) && !key.IsAlwaysWritten) continue;
            json.WritePropertyName(key.Name);
            key.WriteValue(json, record);
        }
    }

    /// <summary>Describes an object of keys as JSON Schema.</summary>
    public static JsonObject Schema(IReadOnlyList<RecordKey> keys)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(keys.Select(o => KeyValuePair.Create(o.Name, (JsonNode?)o.ToSchema()))),
            ["additionalProperties"] = false,
        };
        var required = keys.Where(o => o.IsRequired).Select(o => (JsonNode)o.Name).ToArray();
        if (required.Length > 0) schema["required"] = new JsonArray(required);
        return schema;
    }
}
