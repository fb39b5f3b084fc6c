using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Learning.ModelFiles;
using Granary.Learning.Trainers;
using Granary.Storage.Files;

namespace Granary.Learning.Registry;

/// <summary>
/// Models by name, in immutable numbered versions with their lineage. One version is current: <see cref="Promote"/> sets it,
/// <see cref="RollBack"/> returns to the previous one. A loaded version predicts bit-identically.
/// </summary>
/// <param name="store">Store of the versions.</param>
/// <param name="kinds">The model kinds that the process knows.</param>
internal sealed class ModelRegistry(IModelStore store, ModelKindCatalogue kinds)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = JsonSerializer.IsReflectionEnabledByDefault ? null : LineageJson.Default,
    };

    /// <summary>Models with at least one version, in ordinal order.</summary>
    public IReadOnlyList<string> Models() => store.Models();

    /// <summary>Returns the versions of a model that can be read, ascending by number.</summary>
    /// <exception cref="InputException">The model does not exist.</exception>
    public IReadOnlyList<ModelVersion> Versions(string model) => Versions(model, out _);

    /// <summary>Returns the versions of a model that can be read: one damaged version hides no other.</summary>
    /// <param name="faults">The versions that cannot be read, one sentence each.</param>
    /// <returns>Ascending by number.</returns>
    /// <exception cref="InputException">The model does not exist.</exception>
    public IReadOnlyList<ModelVersion> Versions(string model, out IReadOnlyList<string> faults)
    {
        var (versions, damaged) = (new List<ModelVersion>(), new List<string>());
        foreach (var number in Numbers(model))
        {
            try
            {
                versions.Add(Version(model, number));
            }
            catch (InputException e)
            {
                damaged.Add(e.Message);
            }
        }
        faults = damaged;
        return versions;
    }

    /// <summary>Returns the current version of a model, for a list: a damaged pointer is a fault of this model alone.</summary>
    /// <param name="fault">The pointer's damage as one sentence; null if it can be read.</param>
    /// <returns>0 if no version is current, or the pointer is damaged.</returns>
    public int CurrentOf(string model, out string? fault)
    {
        fault = null;
        try
        {
            return Pointer(model).Current;
        }
        catch (InputException e)
        {
            fault = e.Message;
            return 0;
        }
    }

    /// <summary>Returns the newest version with exactly this model and this data; null if there is none.</summary>
    public ModelVersion? Find(string model, string modelHash, string dataHash)
    {
        CheckName(model);
        return store.Versions(model).Count == 0 ? null
            : Versions(model).LastOrDefault(v => v.ModelHash == modelHash && v.Lineage.DataHash == dataHash);
    }

    /// <summary>Adds a version after the last one, without promoting it.</summary>
    public ModelVersion Add(string model, ITrainedModel trained, ModelLineage lineage) => Add(model, ModelFile.ToBytes(trained), lineage);

    /// <summary>Adds a version that is not an <see cref="ITrainedModel"/>, such as an allocator policy.</summary>
    /// <param name="bytes">The complete file; its reader validates it.</param>
    public ModelVersion Add(string model, byte[] bytes, ModelLineage lineage)
    {
        CheckName(model);
        var hash = Hash(bytes);
        while (true)
        {
            var versions = store.Versions(model);
            var number = (versions.Count == 0 ? 0 : versions[^1]) + 1;
            // Another process may take the number first; then the next number is used.
            if (store.TryAdd(model, number, bytes, SealedJson.Write(new StoredLineage(number, hash, lineage), Json)))
                return new ModelVersion(model, number, hash, lineage);
        }
    }

    /// <summary>Loads a version; the current one if no number is given.</summary>
    /// <exception cref="InputException">The model or version does not exist, no version is promoted, or the file is damaged or has
    /// a newer format.</exception>
    public (ITrainedModel Model, ModelVersion Version) Load(string model, int? number = null)
    {
        var (bytes, version) = LoadBytes(model, number);
        return (kinds.FromBytes(bytes, $"model '{model}' version {version.Number}"), version);
    }

    /// <summary>Loads the file of a version; of the current one if no number is given.</summary>
    /// <exception cref="InputException">The model or version does not exist, or no version is promoted.</exception>
    public (byte[] Bytes, ModelVersion Version) LoadBytes(string model, int? number = null)
    {
        var wanted = number ?? Pointer(model).Current;
        if (wanted == 0)
        {
            Numbers(model);
            throw new UnknownModelException($"no version of the model '{model}' is promoted: promote one, or name a version");
        }
        return Read(model, wanted);
    }

    /// <exception cref="InputException">The model or version does not exist, or is damaged.</exception>
    public ModelVersion Version(string model, int number) => Read(model, number).Version;

    /// <exception cref="InputException">The pointer is damaged.</exception>
    public ModelPointer Pointer(string model)
    {
        CheckName(model);
        return Parse(store.ReadPointer(model), model);
    }

    /// <summary>
    /// Returns the version in force at a time according to the promotions: the current one, or the last one before it whose training data
    /// is not later.
    /// </summary>
    /// <returns>Null if no promoted version could have been known at that time.</returns>
    public ModelVersion? PromotedAt(string model, DateTime time)
    {
        var pointer = Pointer(model);
        if (pointer.Current == 0) return null;
        foreach (var number in pointer.History.Append(pointer.Current).Reverse())
            if (Version(model, number) is var version && version.Lineage.To <= time)
                return version;
        return null;
    }

    /// <summary>Promotes a version to the current one.</summary>
    public ModelPointer Promote(string model, int number)
    {
        Read(model, number);
        return ChangePointer(model, pointer => pointer.Current == number ? pointer
            : new ModelPointer(number, pointer.Current == 0 ? pointer.History : [.. pointer.History, pointer.Current]));
    }

    /// <summary>Promotes the previous version again.</summary>
    /// <exception cref="InputException">
    /// There is no previous version, or it was removed or is damaged; the current version stays.
    /// </exception>
    public ModelPointer RollBack(string model)
    {
        Numbers(model);
        return ChangePointer(model, pointer =>
        {
            if (pointer.History.Count == 0)
                throw new UnknownModelException($"the model '{model}' has no version to roll back "
                    + $"to: {(pointer.Current == 0 ? "none was promoted" : $"version {pointer.Current} is the first that was promoted")}");
            var previous = pointer.History[^1];
            try
            {
                Read(model, previous);
            }
            catch (InputException e)
            {
                var fault = $"version {pointer.Current} of the model '{model}' stays current, because version {previous} before it "
                    + $"cannot be used: {e.Message}";
                throw e is DamagedModelException ? new DamagedModelException(fault, e) : new UnknownModelException(fault, e);
            }
            return new ModelPointer(previous, [.. pointer.History.SkipLast(1)]);
        });
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
    /// Converts a text to a name that any file system accepts, always the same for the same text. Ids of strategies have brackets and
    /// colons.
    /// </summary>
    public static string NameFor(string text)
    {
        var name = new StringBuilder(text.Length);
        foreach (var c in text) name.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_');
        var readable = name.ToString(0, Math.Min(name.Length, 80)).TrimStart('.');
        return readable == text ? text : $"{readable}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8]}";
    }

    /// <summary>Computes the <see cref="ModelVersion.ModelHash"/> of a model.</summary>
    public static string HashOf(ITrainedModel model) => Hash(ModelFile.ToBytes(model));

    /// <summary>Computes the hash of a file.</summary>
    public static string HashOf(byte[] bytes) => Hash(bytes);

    /// <summary>Returns the version numbers of a model, ascending.</summary>
    /// <exception cref="InputException">The model does not exist.</exception>
    public IReadOnlyList<int> Numbers(string model)
    {
        CheckName(model);
        var versions = store.Versions(model);
        if (versions.Count > 0) return versions;
        var near = Spelling.Nearest(model, store.Models());
        throw new UnknownModelException($"there is no model '{model}'" + (near is null ? "; train it first"
            : $"; did you mean '{near}'?"));
    }

    private (byte[] Bytes, ModelVersion Version) Read(string model, int number)
    {
        var versions = Numbers(model);
        var (bytes, text) = store.Read(model, number)
            ?? throw new UnknownModelException($"the model '{model}' has no version {number}; it has {string.Join(", ", versions)}");
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

    private static DamagedModelException Damaged(string sentence, string other, Exception? inner = null) =>
        new($"{sentence}; put back a copy, or remove it and promote {other}", inner);

    /// <summary>Returns a version's hash and lineage field by field, in the order of serialization.</summary>
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

    /// <exception cref="InputException">The name is not valid for a model.</exception>
    public static void CheckName(string model)
    {
        if (model.Length is 0 or > 120 || model[0] is '.' or '-'
            || model.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            throw new UnknownModelException($"'{model}' cannot name a model: use up to 120 letters, digits, '-', '_' and '.', starting "
                + $"with a letter or digit");
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
