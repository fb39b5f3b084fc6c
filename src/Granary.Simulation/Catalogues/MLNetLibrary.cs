using System.Reflection;
using Granary.Engine;
using Granary.Learning.Trainers;
using Granary.Simulation.Plugins;

namespace Granary.Simulation.Catalogues;

/// <summary>
/// ML.NET's trainers in the host's folder <c>mlnet</c>. They are loaded when the first of them is needed, so they do not slow down the
/// start. The models that they train are Granary's own, and every host can read them.
/// </summary>
internal static class MLNetLibrary
{
    private const string AssemblyName = "Granary.Learning.MLNet";

    /// <summary>The library to add to the trainer catalogue.</summary>
    public static TrainerLibrary Library { get; } = new("mlnet-", Load);

    private static Assembly Load()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "mlnet");
        var path = Path.Combine(folder, AssemblyName + ".dll");
        if (!File.Exists(path))
            throw new InputException($"the trainers mlnet-… are ML.NET's and not installed here "
                + $"({folder} is missing): run 'dotnet publish -c Release src/{AssemblyName} -o {folder}', or use gradient-boosting or "
                + "random-forest");
        try
        {
            return new PluginContext(path).LoadFromAssemblyPath(path);
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or FileNotFoundException)
        {
            throw new InputException($"{path} does not fit this host ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}): build "
                + "both again from the same sources", e);
        }
    }
}
