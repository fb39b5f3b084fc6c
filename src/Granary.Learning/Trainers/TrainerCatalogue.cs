using System.Globalization;
using System.Reflection;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Learning.Trainers;

/// <summary>The known trainers by name, and the libraries from which more can be loaded.</summary>
public sealed class TrainerCatalogue : Catalogue<TrainerDefinition>
{
    private readonly LoadedLibrary[] _libraries;

    /// <param name="builder">Holds the trainers.</param>
    /// <param name="libraries">Libraries that provide trainers of a prefix, loaded if one is needed.</param>
    internal TrainerCatalogue(CatalogueBuilder<TrainerDefinition> builder, params IReadOnlyList<TrainerLibrary> libraries)
        : base(builder) =>
        // If a library's assembly is also a plug-in of this process, it is not loaded again.
        _libraries = [.. libraries.Where(l => !Names.Any(n => n.StartsWith(l.Prefix, StringComparison.Ordinal)))
            .Select(l => new LoadedLibrary(l))];

    /// <summary>Granary's own trainers.</summary>
    public static TrainerCatalogue BuiltIn { get; } = new(Of(typeof(TrainerCatalogue).Assembly));

    /// <summary>
    /// Granary's own trainers in alphabetical order, the same on every machine: the defaults of an experiment.
    /// </summary>
    public IReadOnlyList<TrainerDefinition> Own => [.. All.Where(d => d.Type.Assembly == typeof(TrainerCatalogue).Assembly)];

    // Only trainers of loaded libraries can be named.
    private IReadOnlyList<TrainerDefinition> Loaded =>
        [.. All.Concat(_libraries.Where(l => l.IsLoaded).SelectMany(l => l.Trainers.All)).OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>Creates a builder with the trainers of some assemblies.</summary>
    /// <exception cref="ArgumentException">A name is already used.</exception>
    public static CatalogueBuilder<TrainerDefinition> Of(params IReadOnlyList<Assembly> assemblies)
    {
        var builder = new CatalogueBuilder<TrainerDefinition>("trainer");
        foreach (var assembly in assemblies)
            builder.AddFrom<TrainerDefinition, TrainerAttribute>(assembly, (type, attribute) => new TrainerDefinition(type, attribute));
        return builder;
    }

    /// <summary>Loads the libraries and returns all trainers.</summary>
    internal TrainerListing List()
    {
        var missing = new List<string>();
        foreach (var library in _libraries)
        {
            try
            {
                _ = library.Trainers;
            }
            catch (InputException e)
            {
                missing.Add(e.Message);
            }
        }
        return new TrainerListing(Loaded, missing);
    }

    /// <summary>Whether a trainer belongs to a library that is not loaded yet, and may be missing.</summary>
    public bool IsOfMissingLibrary(string name) => LibraryOf(name) is { IsLoaded: false };

    /// <summary>Creates a trainer by name; missing parameters take their defaults.</summary>
    /// <exception cref="InputException">The name or a parameter is unknown, a value is out of range, or a library is
    /// missing.</exception>
    public ITrainer Create(string name, IReadOnlyDictionary<string, string>? parameters = null) =>
        Find(name).Create(parameters ?? new Dictionary<string, string>());

    /// <summary>Creates a trainer with numeric parameters.</summary>
    public ITrainer Create(string name, params (string Name, double Value)[] parameters) =>
        Create(name, parameters.ToDictionary(p => p.Name, p => p.Value.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Returns the definition of a trainer.</summary>
    /// <exception cref="InputException">The name is unknown, or a library is missing.</exception>
    public TrainerDefinition Find(string name)
    {
        if (TryGet(name, out var definition) || LibraryOf(name)?.Trainers.TryGet(name, out definition) == true) return definition!;
        var names = Loaded.Select(d => d.Name).ToList();
        var near = Spelling.Nearest(name, names) is { } nearest ? $" did you mean '{nearest}'?" : "";
        throw new InputException($"there is no trainer '{name}';{near} the trainers are {string.Join(' ', names)}");
    }

    private LoadedLibrary? LibraryOf(string name) =>
        Contains(name) ? null : Array.Find(_libraries, l => name.StartsWith(l.Library.Prefix, StringComparison.Ordinal));

    private sealed class LoadedLibrary(TrainerLibrary library)
    {
        private readonly Lazy<Catalogue<TrainerDefinition>> _trainers = new(() => Of(library.Load()).Build());

        public TrainerLibrary Library => library;

        public bool IsLoaded => _trainers.IsValueCreated;

        public Catalogue<TrainerDefinition> Trainers => _trainers.Value;
    }
}
