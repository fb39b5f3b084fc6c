using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using Granary.Engine;
using Granary.Engine.Strategies;

namespace Granary.Simulation.Plugins;

/// <summary>
/// Finds the plug-ins in a folder. A DLL that refers to Granary.Engine is a plug-in; other DLLs are dependencies.
/// </summary>
internal static class PluginFolder
{
    /// <summary>Environment variable that names the folder if the command line does not.</summary>
    public const string Variable = "GRANARY_PLUGINS";

    /// <summary>Loads every plug-in in a folder, ordered by name, and passes each to the caller.</summary>
    /// <param name="add">Adds the plug-in to catalogues. Its exceptions become one sentence with file and remedy.</param>
    /// <exception cref="InputException">The folder does not exist, or one of its DLLs cannot be used; one sentence.</exception>
    internal static void Load(string folder, Action<PluginFile> add)
    {
        if (!Directory.Exists(folder))
            throw new InputException($"{folder}: there is no such plug-in folder; create it, or name the one that holds the DLLs");
        foreach (var path in Directory.GetFiles(folder, "*.dll").Order(StringComparer.Ordinal))
            if (IsPlugin(path))
                LoadOne(Path.GetFullPath(path), add);
    }

    private static void LoadOne(string path, Action<PluginFile> add)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Read(path)));
        try
        {
            var assembly = new PluginContext(path).LoadFromAssemblyPath(path);
            // The runtime keeps the image of a path until the process ends, so a changed file needs a new process.
            if (assembly.ManifestModule.ModuleVersionId != VersionOf(path))
                throw new InputException($"{path}: the file has changed since it was loaded; start again to use the new one");
            add(new PluginFile(path, hash, assembly));
        }
        catch (InputException e) when (e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            // It names the file and the remedy.
            throw;
        }
        catch (ReflectionTypeLoadException e)
        {
            var first = FirstLine(e.LoaderExceptions.FirstOrDefault(x => x is not null) ?? e);
            throw new InputException($"{path}: it does not fit this version of Granary ({first}); build it again against this one", e);
        }
        catch (Exception e)
            when (e is TypeLoadException or MissingMemberException or FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            throw new InputException($"{path}: it does not fit this version of Granary, or lacks something it depends on ({FirstLine(e)}); "
                + "build it again against this one and put its dependencies beside it", e);
        }
        catch (Exception e) when (e is ArgumentException or InputException or InvalidOperationException)
        {
            throw new InputException($"{path}: {FirstLine(e)}; change it in the plug-in and build it again", e);
        }
    }

    /// <summary>
    /// Creates a strategy of a plug-in once, so an error in its constructor is reported now and not when a batch first needs it.
    /// </summary>
    /// <exception cref="InputException">The strategy cannot be created with its default parameters.</exception>
    internal static void Try(StrategyDefinition strategy)
    {
        if (strategy.Parameters.Any(p => p.Default is null)) return;
        try
        {
            strategy.Create(new Dictionary<string, object>());
        }
        catch (Exception e) when (
            e is not (InputException or TypeLoadException or MissingMemberException or FileNotFoundException or FileLoadException))
        {
            throw new InputException($"{strategy.Name} cannot be made with its defaults ({e.GetType().Name}: {FirstLine(e)})", e);
        }
    }

    private static Guid VersionOf(string path)
    {
        using var stream = new MemoryStream(Read(path));
        using var file = new PEReader(stream);
        var metadata = file.GetMetadataReader();
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
    }

    // Reads the file's metadata without loading the assembly.
    private static bool IsPlugin(string path)
    {
        using var stream = new MemoryStream(Read(path));
        try
        {
            using var file = new PEReader(stream);
            // A native library that a plug-in depends on.
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
            throw new InputException($"{path}: this is no .NET assembly, or a damaged one "
                + $"({FirstLine(e)}); build it again, or take it out of the plug-in folder", e);
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
            throw new InputException($"{path}: it cannot be read ({FirstLine(e)}); give this user the right to, or take it out of the "
                + $"plug-in folder", e);
        }
    }

    private static string FirstLine(Exception e) => e.Message.ReplaceLineEndings("\n").Split('\n')[0].TrimEnd('.');
}
