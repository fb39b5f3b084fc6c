using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using Granary.Application.Json;
using Granary.Engine.Factors;
using Granary.Engine.Strategies;
using Granary.Learning.Regimes;
using Granary.Learning.Trainers;

namespace Granary.Application.Plugins;

/// <summary>An operator's assembly whose strategies, factors and trainers are in the catalogues now.</summary>
/// <param name="Path">Full path of the DLL.</param>
/// <param name="ContentHash">SHA-256 of the DLL, lower-case hex: for a run's manifest.</param>
/// <param name="Strategies">Class names.</param>
/// <param name="Factors">Factor names.</param>
public sealed record Plugin(string Path, string ContentHash, IReadOnlyList<string> Strategies, IReadOnlyList<string> Factors)
{
    /// <summary>Trainer names.</summary>
    public IReadOnlyList<string> Trainers { get; init; } = [];
}

/// <summary>
/// Takes the strategies, factors and trainers out of the DLLs of a folder. A DLL that refers to Granary.Engine is a plug-in; the others beside it are
/// what plug-ins depend on. Call it at start, before any run.
/// </summary>
public static class PluginFolder
{
    /// <summary>The environment variable that names the folder where the command line does not.</summary>
    public const string Variable = "GRANARY_PLUGINS";

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Plugin> Loaded = new(StringComparer.Ordinal);

    /// <summary>Loads every plug-in of a folder, in the order of their names. One that is loaded already is not loaded again.</summary>
    /// <returns>The folder's plug-ins.</returns>
    /// <exception cref="InputException">There is no such folder, or one of its DLLs is not usable; one sentence that names it and the remedy.</exception>
    public static IReadOnlyList<Plugin> Load(string folder)
    {
        if (!Directory.Exists(folder)) throw new InputException($"{folder}: there is no such plug-in folder; create it, or name the one that holds the DLLs");
        var plugins = new List<Plugin>();
        lock (Gate)
        {
            foreach (var path in Directory.GetFiles(folder, "*.dll").Order(StringComparer.Ordinal))
                if (IsPlugin(path))
                    plugins.Add(LoadOne(Path.GetFullPath(path)));
        }
        return plugins;
    }

    private static Plugin LoadOne(string path)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Read(path)));
        if (Loaded.TryGetValue(path, out var known))
            return known.ContentHash == hash
                ? known
                : throw new InputException($"{path}: the file has changed since it was loaded; start again to use the new one");
        try
        {
            var assembly = new PluginContext(path).LoadFromAssemblyPath(path);
            // A strategy's constructor may name any factor of the catalogue, the states of regimes among them.
            RegimeState.Register();
            var before = FactorCatalogue.All.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
            // Factors first: the strategies that are tried below may use them.
            FactorCatalogue.Add(assembly);
            var factors = FactorCatalogue.All.Select(f => f.Name).Where(n => !before.Contains(n)).ToList();
            var strategies = StrategyCatalogue.Add(assembly);
            foreach (var strategy in strategies) Try(strategy);
            var trainers = assembly.GetReferencedAssemblies().Any(a => a.Name == typeof(TrainerCatalogue).Assembly.GetName().Name) ? TrainerCatalogue.Add(assembly) : [];
            if (strategies.Count == 0 && factors.Count == 0 && trainers.Count == 0)
                throw new InputException($"{path}: it refers to Granary.Engine but holds no public strategy, factor or trainer; make the class public and derive it from Strategy, or take the file away");
            var plugin = new Plugin(path, hash, [.. strategies.Select(s => s.Name)], factors) { Trainers = trainers };
            Loaded.Add(path, plugin);
            return plugin;
        }
        catch (ReflectionTypeLoadException e)
        {
            throw new InputException($"{path}: it does not fit this version of Granary ({FirstLine(e.LoaderExceptions.FirstOrDefault(x => x is not null) ?? e)}); build it again against this one", e);
        }
        catch (Exception e) when (e is TypeLoadException or MissingMemberException or FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            throw new InputException($"{path}: it does not fit this version of Granary, or lacks something it depends on ({FirstLine(e)}); build it again against this one and put its dependencies beside it", e);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new InputException($"{path}: {FirstLine(e)}; change it in the plug-in and build it again", e);
        }
    }

    // What is wrong with a strategy's constructor is said now and not when a batch first asks for it.
    private static void Try(StrategyDefinition strategy)
    {
        if (strategy.Parameters.Any(p => p.Default is null)) return;
        try
        {
            strategy.Create(new Dictionary<string, object>());
        }
        catch (Exception e) when (e is not ArgumentException and not TypeLoadException and not MissingMemberException and not FileNotFoundException and not FileLoadException)
        {
            throw new ArgumentException($"{strategy.Name} cannot be made with its defaults ({e.GetType().Name}: {FirstLine(e)})", e);
        }
    }

    // Looked up in the file's metadata, without loading it.
    private static bool IsPlugin(string path)
    {
        using var stream = new MemoryStream(Read(path));
        try
        {
            using var file = new PEReader(stream);
            // A native library that some plug-in depends on.
            if (!file.HasMetadata) return false;
            var metadata = file.GetMetadataReader();
            var own = metadata.GetString(metadata.GetAssemblyDefinition().Name);
            if (own.StartsWith("Granary.", StringComparison.Ordinal) && typeof(PluginFolder).Assembly.GetReferencedAssemblies()
                    .Append(typeof(PluginFolder).Assembly.GetName()).Any(a => a.Name == own))
                return false;
            foreach (var handle in metadata.AssemblyReferences)
                if (metadata.GetString(metadata.GetAssemblyReference(handle).Name) == "Granary.Engine")
                    return true;
            return false;
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidOperationException)
        {
            throw new InputException($"{path}: this is no .NET assembly, or a damaged one ({FirstLine(e)}); build it again, or take it out of the plug-in folder", e);
        }
    }

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: it cannot be read ({FirstLine(e)}); give this user the right to, or take it out of the plug-in folder", e);
        }
    }

    private static string FirstLine(Exception e) => e.Message.ReplaceLineEndings("\n").Split('\n')[0].TrimEnd('.');
}
