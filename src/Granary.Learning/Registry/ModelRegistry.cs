using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine.Market;
using Granary.Learning.ModelFiles;
using Granary.Learning.Trainers;
using Granary.Storage.Files;

namespace Granary.Learning.Registry;

/// <summary>
/// Models by name, in immutable numbered versions with their lineage. One version is current: <see cref="Promote"/> makes it so,
/// <see cref="RollBack"/> goes back to the one before. A loaded version predicts the same bits.
/// </summary>
/// <param name="store">Where the versions are.</param>
/// <param name="kinds">The model kinds that the process knows.</param>
public sealed class ModelRegistry(IModelStore store, ModelKindCatalogue kinds)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Models that have a version, in ordinal order.</summary>
    public IReadOnlyList<string> Models() => store.Models();

    /// <summary>Rising by number.</summary>
    /// <exception cref="LearningInputException">No such model.</exception>
    public IReadOnlyList<ModelVersion> Versions(string model) => [.. Numbers(model).Select(n => Version(model, n))];

    /// <summary>The newest version with this model, to the bit, of this data; null where there is none.</summary>
    public ModelVersion? Find(string model, string modelHash, string dataHash)
    {
        CheckName(model);
        return store.Versions(model).Reverse().Select(n => Version(model, n))
            .FirstOrDefault(v => v.ModelHash == modelHash && v.Lineage.DataHash == dataHash);
    }

    /// <summary>Adds a version behind the last one. Does not promote it.</summary>
    public ModelVersion Add(string model, ITrainedModel trained, ModelLineage lineage) => Add(model, ModelFile.ToBytes(trained), lineage);

    /// <summary>The same for what is no <see cref="ITrainedModel"/>, such as a policy of weights.</summary>
    /// <param name="bytes">The whole file; its reader checks it.</param>
    public ModelVersion Add(string model, byte[] bytes, ModelLineage lineage)
    {
        CheckName(model);
        var hash = Hash(bytes);
        while (true)
        {
            var versions = store.Versions(model);
            var number = (versions.Count == 0 ? 0 : versions[^1]) + 1;
            // Somebody else may take the number first; then the next one is ours.
            if (store.TryAdd(model, number, bytes, SealedJson.Write(new StoredLineage(number, hash, lineage), Json)))
                return new ModelVersion(model, number, hash, lineage);
        }
    }

    /// <summary>Loads a version; without a number the current one.</summary>
    /// <exception cref="LearningInputException">No such model or version, nothing promoted, damaged, or of a newer format.</exception>
    public (ITrainedModel Model, ModelVersion Version) Load(string model, int? number = null)
    {
        var (bytes, version) = LoadBytes(model, number);
        return (kinds.FromBytes(bytes, $"model '{model}' version {version.Number}"), version);
    }

    /// <summary>Loads the file of a version; without a number that of the current one.</summary>
    /// <exception cref="LearningInputException">No such model or version, or nothing promoted.</exception>
    public (byte[] Bytes, ModelVersion Version) LoadBytes(string model, int? number = null)
    {
        var wanted = number ?? Pointer(model).Current;
        if (wanted == 0)
        {
            Numbers(model);
            throw new LearningInputException($"no version of the model '{model}' is promoted: promote one, or name a version");
        }
        return Read(model, wanted);
    }

    /// <exception cref="LearningInputException">No such model or version, or it is damaged.</exception>
    public ModelVersion Version(string model, int number) => Read(model, number).Version;

    /// <exception cref="LearningInputException">The pointer is damaged.</exception>
    public ModelPointer Pointer(string model)
    {
        CheckName(model);
        return Parse(store.ReadPointer(model), model);
    }

    /// <summary>
    /// The version that the promotions put in force at a time: the current one, or the last one before it that was learned from nothing
    /// later.
    /// </summary>
    /// <returns>Null where none was promoted that could have been known then.</returns>
    public ModelVersion? PromotedAt(string model, DateTime time)
    {
        var pointer = Pointer(model);
        if (pointer.Current == 0) return null;
        foreach (var number in pointer.History.Append(pointer.Current).Reverse())
            if (Version(model, number) is var version && version.Lineage.To <= time)
                return version;
        return null;
    }

    /// <summary>Makes a version the current one.</summary>
    public ModelPointer Promote(string model, int number)
    {
        Read(model, number);
        return ChangePointer(model, pointer => pointer.Current == number ? pointer
            : new ModelPointer(number, pointer.Current == 0 ? pointer.History : [.. pointer.History, pointer.Current]));
    }

    /// <summary>Makes the version before the current one current again.</summary>
    /// <exception cref="LearningInputException">There was none before.</exception>
    public ModelPointer RollBack(string model)
    {
        Numbers(model);
        return ChangePointer(model, pointer => pointer.History.Count > 0
            ? new ModelPointer(pointer.History[^1], [.. pointer.History.SkipLast(1)])
            : throw new LearningInputException($"the model '{model}' has no version to roll back "
                + $"to: {(pointer.Current == 0 ? "none was promoted" : $"version {pointer.Current} is the first that was promoted")}"));
    }

    private ModelPointer ChangePointer(string model, Func<ModelPointer, ModelPointer> change)
    {
        var result = new ModelPointer(0, []);
        store.ChangePointer(model, stored =>
        {
            var pointer = Parse(stored, model);
            result = change(pointer);
            return ReferenceEquals(result, pointer) ? null : SealedJson.Write(result, Json);
        });
        return result;
    }

    public ModelComparison Compare(string model, int first, int second)
    {
        var (a, b) = (Version(model, first), Version(model, second));
        var (left, right) = (Fields(a), Fields(b));
        return new ModelComparison(a, b,
            [.. left.Keys.Union(right.Keys).Order(StringComparer.Ordinal)
                .Select(k => (k, Value(left, k), Value(right, k)))
                .Where(d => d.Item2 != d.Item3)]);

        static string Value(IReadOnlyDictionary<string, string> fields, string key) => fields.TryGetValue(key, out var value) ? value : "";
    }

    /// <summary>
    /// A name that any file system takes, the same for the same text: for models of a strategy, whose id has brackets and colons.
    /// </summary>
    public static string NameFor(string text)
    {
        var name = new StringBuilder(text.Length);
        foreach (var c in text) name.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_');
        var readable = name.ToString(0, Math.Min(name.Length, 80)).TrimStart('.');
        return readable == text ? text : $"{readable}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8]}";
    }

    /// <summary>What <see cref="ModelVersion.ModelHash"/> would be of a model.</summary>
    public static string HashOf(ITrainedModel model) => Hash(ModelFile.ToBytes(model));

    /// <summary>The same of a file.</summary>
    public static string HashOf(byte[] bytes) => Hash(bytes);

    /// <summary>Numbers of a model's versions, rising.</summary>
    /// <exception cref="LearningInputException">No such model.</exception>
    public IReadOnlyList<int> Numbers(string model)
    {
        CheckName(model);
        var versions = store.Versions(model);
        if (versions.Count > 0) return versions;
        var near = Spelling.Nearest(model, store.Models());
        throw new LearningInputException($"there is no model '{model}'" + (near is null ? "; train it first"
            : $"; did you mean '{near}'?"));
    }

    private (byte[] Bytes, ModelVersion Version) Read(string model, int number)
    {
        var versions = Numbers(model);
        var (bytes, text) = store.Read(model, number)
            ?? throw new LearningInputException($"the model '{model}' has no version {number}; it has {string.Join(", ", versions)}");
        var stored = Parse<StoredLineage>(text, $"the lineage of model '{model}' version {number}", "another version");
        if (stored.Number != number)
            throw Damaged($"the lineage of model '{model}' version {number} is that of version {stored.Number}", "another version");
        if (stored.ModelHash != Hash(bytes))
            throw Damaged(
                $"the file of model '{model}' version {number} is damaged or was changed: it does not have the hash of its lineage",
                "another version");
        return (bytes, new ModelVersion(model, number, stored.ModelHash, stored.Lineage));
    }

    private static ModelPointer Parse(byte[]? pointer, string model) => pointer is null ? new ModelPointer(0, [])
        : Parse<ModelPointer>(pointer, $"the pointer to the current version of model '{model}'", "a version of your choice");

    private static T Parse<T>(byte[] document, string what, string remedy)
    {
        try
        {
            return SealedJson.Read<T>(document, Json);
        }
        catch (JsonException e)
        {
            throw Damaged($"{what} is damaged or was changed: {e.Message.TrimEnd('.')}", remedy, e);
        }
    }

    private static LearningInputException Damaged(string sentence, string other, Exception? inner = null) =>
        new($"{sentence}; put back a copy, or remove it and promote {other}", inner) { IsDamage = true };

    /// <summary>A version's hash and lineage field by field, in the order in which they are written.</summary>
    public static IReadOnlyDictionary<string, string> Fields(ModelVersion version)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["modelHash"] = version.ModelHash };
        Flatten("", JsonSerializer.SerializeToElement(version.Lineage, Json));
        return fields;

        void Flatten(string path, JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Object)
                foreach (var member in element.EnumerateObject())
                    Flatten(path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value);
            else
                fields[path] = element.ToString();
        }
    }

    /// <exception cref="LearningInputException">No model can have this name.</exception>
    public static void CheckName(string model)
    {
        if (model.Length is 0 or > 120 || model[0] is '.' or '-'
            || model.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            throw new LearningInputException($"'{model}' cannot name a model: use up to 120 letters, digits, '-', '_' and '.', starting "
                + $"with a letter or digit");
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
