using Granary.Engine.Market;

namespace Granary.Storage.Addresses;

/// <summary>The parts of a server's address: SCHEME://USER:PASSWORD@HOST:PORT/PATH?name=value.</summary>
/// <param name="Address">The whole; messages show it, without its password.</param>
internal sealed record ServerAddress(Address Address, string Host, int? Port, string? User, string? Password, string Path,
    IReadOnlyDictionary<string, string> Options)
{
    /// <param name="address">The address as written.</param>
    /// <param name="options">The names that may stand behind the question mark.</param>
    /// <exception cref="BarDataException">It is not an address of a server; one sentence, without the password.</exception>
    public static ServerAddress Of(Address address, string[] options)
    {
        if (!Uri.TryCreate(address.Written, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.Fragment.Length > 0)
            throw new BarDataException($"'{address}' is not a valid address; write {address.Scheme}://USER:PASSWORD@HOST:PORT/NAME");
        // An at sign behind the host belongs to a password with a slash, a question mark or a hash. No message may show any part of it.
        if (address.Rest.IndexOf('@', EndOfHost(address.Rest)) >= 0)
            throw new BarDataException($"'{address}': the user or the password has one of the characters / ? # @; write them as "
                + "%2F %3F %23 %40");
        string? user = null, password = null;
        if (uri.UserInfo.Length > 0)
        {
            var colon = uri.UserInfo.IndexOf(':', StringComparison.Ordinal);
            user = Uri.UnescapeDataString(colon < 0 ? uri.UserInfo : uri.UserInfo[..colon]);
            if (colon >= 0) password = Uri.UnescapeDataString(uri.UserInfo[(colon + 1)..]);
        }
        return new ServerAddress(address, uri.Host, uri.IsDefaultPort || uri.Port < 0 ? null : uri.Port, user, password,
            Uri.UnescapeDataString(uri.AbsolutePath.Trim('/')), address.Options(options));
    }

    private static int EndOfHost(string rest)
    {
        var start = rest.StartsWith(Addresses.Address.Slashes, StringComparison.Ordinal) ? Addresses.Address.Slashes.Length : 0;
        return rest.IndexOfAny(['/', '?', '#'], start) is >= 0 and var end ? end : rest.Length;
    }
}
