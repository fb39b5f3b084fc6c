using System.Security.Cryptography;
using System.Text;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Server.Access;

/// <summary>The files and addresses that the callers of a server may name.</summary>
/// <param name="Folder">Full path of the data folder, from which relative paths start.</param>
/// <param name="Confinement">null = callers may name any file and address.</param>
internal sealed record CallerFiles(string Folder, Confinement? Confinement)
{
    /// <summary>The folder of the callers' uploads in <see cref="Folder"/>.</summary>
    public const string UploadsName = "uploads";

    /// <summary>Full path of the folder of the callers' uploads, a folder for each.</summary>
    public string Uploads => Path.Combine(Folder, UploadsName);

    /// <summary>Returns the folder of a caller's uploads, relative to <see cref="Folder"/> with '/'.</summary>
    public static string UploadsOf(string caller) => $"{UploadsName}/{NameOf(caller)}";

    // Two callers never share a folder: an unsafe name becomes a hash with a prefix that no safe name has.
    private static string NameOf(string caller) => caller.Length <= 60
        && caller.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
        ? caller : "x-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(caller)))[..24];

    /// <summary>Returns the place in which a caller's paths and addresses are resolved.</summary>
    /// <param name="folder">
    /// The caller's folder. A confined server takes it relative to <see cref="Folder"/>, as its runs name it, and ignores a full path,
    /// which is of the caller's machine.
    /// </param>
    /// <exception cref="BarDataException">The caller's folder has a control character, or is outside.</exception>
    public Place PlaceOf(string? folder = null)
    {
        var place = new Place(Folder, Confinement);
        return Confinement is not null && Path.IsPathFullyQualified(folder ?? ".") ? place : place.Within(folder ?? ".");
    }

    /// <summary>Returns the store that a caller names.</summary>
    /// <param name="option">The name of the caller's argument, for the message.</param>
    /// <exception cref="InputException">The text is not an address, or it leads outside.</exception>
    public Address StoreOf(string option, string text)
    {
        try
        {
            return PlaceOf().Address(text);
        }
        catch (BarDataException e)
        {
            throw new InputException($"{option}: {e.Message}", e);
        }
    }
}
