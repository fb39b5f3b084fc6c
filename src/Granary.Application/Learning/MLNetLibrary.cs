using System.Reflection;
using System.Runtime.CompilerServices;
using Granary.Application.Plugins;
using Granary.Learning;
using Granary.Learning.Trainers;

namespace Granary.Application.Learning;

/// <summary>
/// ML.NET's trainers, in the folder <c>mlnet</c> beside the host: loaded when the first of them is asked for, so that a host starts as fast with them as without,
/// and works without. Models that they trained are Granary's own and are read by every host.
/// </summary>
internal static class MLNetLibrary
{
    private const string AssemblyName = "Granary.Learning.MLNet";

#pragma warning disable CA2255 // every host loads this assembly, and none can forget a call that it need not make
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Register() => TrainerCatalogue.Add(new TrainerLibrary("mlnet-", Load));

    private static Assembly Load()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "mlnet");
        var path = Path.Combine(folder, AssemblyName + ".dll");
        if (!File.Exists(path))
            throw new LearningInputException($"the trainers mlnet-… are ML.NET's and not installed here ({folder} is missing): build them with 'dotnet build -c Release src/{AssemblyName}', "
                + $"or 'dotnet publish -c Release src/{AssemblyName} -o {folder}', where the packages of Microsoft.ML restore; gradient-boosting and random-forest need nothing");
        try
        {
            return new PluginContext(path).LoadFromAssemblyPath(path);
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or FileNotFoundException)
        {
            throw new LearningInputException($"{path} does not fit this host ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}): build it again with 'dotnet build -c Release src/{AssemblyName}'", e);
        }
    }
}
