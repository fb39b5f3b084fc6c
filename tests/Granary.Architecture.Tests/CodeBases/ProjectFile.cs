using System.Xml;
using System.Xml.Linq;

namespace Granary.Architecture.Tests.CodeBases;

/// <summary>A .csproj or .props file.</summary>
public sealed class ProjectFile
{
    private readonly XDocument _document;

    public ProjectFile(string path, string text)
    {
        Path = path;
        Folder = path.Contains('/') ? path[..path.LastIndexOf('/')] : "";
        Name = System.IO.Path.GetFileNameWithoutExtension(path);
        _document = XDocument.Parse(text, LoadOptions.SetLineInfo);
        RootNamespace = _document.Descendants("RootNamespace").FirstOrDefault()?.Value ?? Name;
    }

    public string Path { get; }

    public string Folder { get; }

    public string Name { get; }

    public string RootNamespace { get; }

    /// <summary>Whether it is built to be started, not to be referenced.</summary>
    public bool IsProgram => _document.Descendants("OutputType").Any(type => type.Value == "Exe");

    /// <summary>Names of the projects that this project references.</summary>
    public IEnumerable<(string Name, int Line)> References =>
        Includes("ProjectReference").Select(reference => (System.IO.Path.GetFileNameWithoutExtension(reference.Name), reference.Line));

    /// <summary>Packages that this project references.</summary>
    public IEnumerable<(string Name, int Line)> Packages => Includes("PackageReference");

    /// <summary>Packages whose version this file sets.</summary>
    public IEnumerable<(string Name, int Line)> PackageVersions => Includes("PackageVersion");

    /// <summary>Whether the project compiles a file: its own, or one that it links from another project.</summary>
    public bool Compiles(string file)
    {
        if (file.StartsWith(Folder + "/", StringComparison.Ordinal))
        {
            return true;
        }

        return Includes("Compile").Any(linked => Matches(linked.Name.Replace("$(RootDir)", "", StringComparison.Ordinal), file));
    }

    private static bool Matches(string pattern, string file)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? pattern == file
            : file.StartsWith(pattern[..star], StringComparison.Ordinal)
                && file.EndsWith(pattern[(pattern.LastIndexOf('*') + 1)..], StringComparison.Ordinal);
    }

    private IEnumerable<(string Name, int Line)> Includes(string item) =>
        from element in _document.Descendants(item)
        from name in ((string?)element.Attribute("Include") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)
        select (name, ((IXmlLineInfo)element).LineNumber);
}
