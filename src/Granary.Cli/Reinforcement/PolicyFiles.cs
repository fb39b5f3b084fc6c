using Granary.Engine;
using Granary.Reinforcement.Policies;

namespace Granary.Cli.Reinforcement;

/// <summary>Reads saved policies.</summary>
internal static class PolicyFiles
{
    /// <param name="path">A file, or a folder with one .policy file.</param>
    /// <exception cref="InputException">There is no file, there are several, or the file is not a policy.</exception>
    public static TrainedPolicy Read(string path)
    {
        var file = path;
        if (Directory.Exists(path))
        {
            var files = Directory.GetFiles(path, "*.policy");
            if (files.Length != 1)
                throw new InputException($"{path} has {files.Length} .policy files: name one"
                    + (files.Length == 0 ? "" : $", as {files.Order(StringComparer.Ordinal).First()}"));
            file = files[0];
        }
        if (!File.Exists(file)) throw new InputException($"{file} does not exist: 'granary reinforce --env NAME --save DIR' makes one");
        try
        {
            return TrainedPolicy.FromBytes(File.ReadAllBytes(file));
        }
        catch (InputException e)
        {
            throw e.At(file);
        }
    }
}
