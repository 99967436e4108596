#!/bin/bash
# install-documentdb.sh TARGET: unpacks PostgreSQL 18 with DocumentDB 1 from Debian's packages into TARGET/root and makes
# TARGET/template, a data directory ready to be copied. Needs no root rights and changes nothing outside TARGET.
# The mirror is the one apt is set up with; signatures are checked against Debian's archive keyring.
# Exit codes: 3 not a Debian that can do this, 4 download failed, 5 the packages are not what is expected.
set -euo pipefail

target=$(mkdir -p "$1" && cd "$1" && pwd)
apt=$target/apt
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
fail() { echo "$2" >&2; exit "$1"; }

for tool in apt-get dpkg; do command -v $tool >/dev/null || fail 3 "$tool is missing"; done
[ -r $keyring ] || fail 3 "the keyring $keyring is missing (package debian-archive-keyring)"
case $(dpkg --print-architecture) in
  amd64) triplet=x86_64-linux-gnu loader=ld-linux-x86-64.so.2 ;;
  arm64) triplet=aarch64-linux-gnu loader=ld-linux-aarch64.so.1 ;;
  *) fail 3 "Debian has no DocumentDB for $(dpkg --print-architecture)" ;;
esac

mirror=$(apt-get indextargets --no-release-info --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1 || true)
[ -n "$mirror" ] || fail 3 "apt has no mirror"

mkdir -p "$apt"/etc/{apt.conf.d,preferences.d,sources.list.d,trusted.gpg.d} "$apt"/state/lists/partial "$apt"/cache/archives/partial "$apt"/debs "$target"/root
: >"$apt/status"
cat >"$apt/apt.conf" <<CONF
Dir::Etc "$apt/etc"; Dir::Etc::sourcelist "sources.list"; Dir::State "$apt/state"; Dir::State::status "$apt/status"; Dir::Cache "$apt/cache";
APT::Install-Recommends "false"; Acquire::Languages "none"; APT::Sandbox::User ""; Acquire::Retries "3";
Acquire::Check-Valid-Until "false"; // a mirror may lag behind its validity date; signatures are still checked
CONF
export APT_CONFIG=$apt/apt.conf

# What the solver adds but no loaded library needs: perl, gdal, systemd, tools.
unneeded='^(perl|libperl|perl-.*|lib.*-perl|gdal-.*|libgdal.*|libsfcgal.*|libboost.*|liblapack.*|libblas.*|libarmadillo.*|libarpack.*|libsuperlu.*|libgfortran.*|libhdf.*|libnetcdf.*|libpoppler.*|libsvtav1.*|libaom.*|libspatialite.*|libjxl.*|librav1e.*|libxerces.*|libheif.*|libhwy.*|libnss3|libnspr4|libcfitsio.*|libabsl.*|libdav1d.*|libdb5.*|systemd|libsystemd-shared|locales|openssl.*|passwd|procps|gpg.*|gnupg.*|dirmngr|fonts-.*|libc-(l10n|bin|gconv).*|proj-data|tzdata|libmariadb.*|mariadb-.*|mysql-.*|libmpfr.*|libgcrypt.*|libfreetype.*|ssl-cert|postgresql(-client)?-common|adduser|debconf|sensible-utils|ucf|netbase|libavif.*|libgav1.*|libyuv.*|libde265.*|libopenjp2.*|libpng.*|libgeotiff.*|libfyba.*|libfreexl.*|libkml.*|libodbc.*|unixodbc.*|libqhull.*|libmuparser.*|librttopo.*|libminizip.*|libgif7|libhdf4.*|libaec0|libsz2|libblosc.*|libsnappy.*|libarchive.*|libgpgme.*|libassuan9|libksba8|libnpth.*|libgpg-error0|pinentry-.*|libfontconfig1|fontconfig-.*|libpam-modules.*|libsemanage.*|libsepol2|libxslt.*|liblcms.*|libgomp1|libproc2.*|libmount1|libblkid1|base-passwd|login.defs|gcc-.*|sysvinit-.*|libaudit-common|libgdbm.*|libltdl7|readline-common|libsasl2-modules.*|libperl.*|libgmpxx.*|libncursesw6|libuuid1|libselinux1|libcrypt1|libacl1|libbsd0|libmd0|libexpat1|libdebconfclient0|libbz2.*)$'

# sid is where the engine was proven; forky, which becomes a release, has the same packages.
packages=
for suite in sid forky; do
  echo "deb [signed-by=$keyring] $mirror $suite main" >"$apt/etc/sources.list"
  apt-get -q=2 update >&2 || continue
  case $(apt-cache policy postgresql-18-documentdb) in *'Candidate: 1.'*) ;; *) continue ;; esac
  packages=$(apt-get -s install postgresql-18-documentdb | awk '/^Inst/{print $2}' | grep -vE "$unneeded") && break
done
[ -n "$packages" ] || fail 4 "the mirror $mirror gave no package postgresql-18-documentdb of version 1 (no network, or Debian has moved on)"
(cd "$apt/debs" && apt-get -q=2 download $packages >/dev/null) || fail 4 "downloading from $mirror failed"
for package in "$apt"/debs/*.deb; do dpkg -x "$package" "$target/root"; done
(cd "$apt/debs" && ls) >"$target/packages.txt"

usr=$target/root/usr; pg=$usr/lib/postgresql/18; extensions=$usr/share/postgresql/18/extension; libraries=$usr/lib/$triplet
[ -e "$libraries/$loader" ] || fail 5 "the packages have no $loader"
cp "$extensions/postgis-3.control" "$extensions/postgis.control"   # Debian makes it in a maintainer script
rm -rf "$usr"/share/{doc,man,locale,lintian,gcc,gdb,info,bug,bash-completion,postgresql/18/man,postgresql/18/contrib} "$pg"/lib/{bitcode,pgxs} "$libraries/gconv" "$usr/sbin" "$target"/root/{etc,var}
rm -f "$extensions"/postgis{_,--ANY,--unpackaged,--TEMPLATED}* "$extensions"/postgis--[0-9]*--ANY.sql "$pg"/lib/postgis_{raster,sfcgal,topology}-3.so

# The binaries run with the loader and libraries that came with them, whatever the host has.
mkdir "$pg/bin.elf"
for file in "$pg"/bin/*; do
  [ "$(head -c 4 "$file" | tail -c 3)" = ELF ] || continue
  mv "$file" "$pg/bin.elf/"
  cat >"$file" <<WRAPPER
#!/bin/sh
d=\$(cd "\$(dirname "\$(readlink -f "\$0")")" && pwd); r=\${d%/usr/lib/postgresql/18/bin}; l=\$r/usr/lib/$triplet
exec "\$l/$loader" --inhibit-cache --library-path "\$l:\$r/usr/lib/postgresql/18/lib" --argv0 "\$d/\${0##*/}" "\$d/../bin.elf/\${0##*/}" "\$@"
WRAPPER
  chmod 755 "$file"
done
rm -rf "$apt"
chmod -R a+rX "$target/root"
